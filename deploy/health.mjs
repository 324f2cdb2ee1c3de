// What the containers' health checks run; the image has no curl. Ends with status 0 when the process can take work.
//   node deploy/health.mjs http://127.0.0.1:8080/readyz
const [url] = process.argv.slice(2);
const trouble = await whyNot(url);
if (trouble !== null) {
  console.error(trouble);
  process.exitCode = 1;
}

async function whyNot(url) {
  if (url === undefined) return 'say which URL to ask, such as http://127.0.0.1:8080/readyz';
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(4_000) });
    return response.ok ? null : `${url} answers ${response.status}: ${await response.text()}`;
  } catch (error) {
    return `${url} does not answer: ${error.cause?.message ?? error.message}`;
  }
}
