/**
 * Several sources as one Prometheus text. One that fails is left out, and a comment says so, which does not fail the
 * scrape: the others are wanted most when something is broken.
 */
export async function joinMetrics(sources: Record<string, () => Promise<string>>): Promise<string> {
  const texts = Object.entries(sources).map(async ([name, expose]) => {
    try {
      return (await expose()).replace(/\n*$/, '\n');
    } catch {
      return `# the metrics of ${name} could not be read\n`;
    }
  });
  return (await Promise.all(texts)).join('');
}
