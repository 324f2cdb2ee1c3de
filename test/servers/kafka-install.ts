import { execFile } from 'node:child_process';
import { readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { cachedInstall, cacheFolder, isExecutable, onPath, type Way } from './cached-install';
import { type Report, watchedRun } from './watched-run';

/** What a broker is started with. */
export interface KafkaInstall {
  java: string;
  /** The folder of its jars. */
  libs: string;
}

interface Search {
  env?: NodeJS.ProcessEnv;
  /** Ways to get the jars where they are not installed. */
  ways?: readonly ((java: string) => Way<KafkaInstall>)[];
}

const VERSION = '4.1.1';
/** With the tools, whose console producer writes to the log as others do. */
const CACHED = `kafka-tools-${VERSION}`;
/** Kafka logs by slf4j and brings no binding of it: without one a broker that cannot start would not say why. */
const LOG4J_VERSION = '2.24.3';
const ANSWERS_WITHIN_MS = 20_000;
const FETCHED_WITHIN_MS = 10 * 60_000;
const MEND =
  'Install Java 17 or newer and Maven, or Kafka itself (https://kafka.apache.org/downloads) with KAFKA_HOME set to its folder.';

/**
 * Kafka's jars and a Java to run them: those of KAFKA_HOME, those beside the `kafka-server-start.sh` on the PATH, those
 * in the cache folder, or else fetched by Maven (a few seconds) and kept there from then on.
 * @param report is given what is being done and, every 10 s, that it still goes on
 * @returns null where none can be had, after a line that says why and how to mend it
 */
export async function findKafka(report: Report, search: Search = {}): Promise<KafkaInstall | null> {
  const { env = process.env, ways = [byMaven] } = search;
  const java = javaOf(env);
  if (java === null) {
    report(`Kafka cannot be had: there is no Java (JAVA_HOME, or \`java\` on the PATH). ${MEND}`);
    return null;
  }
  for (const libs of installedLibs(env).filter(hasBroker)) {
    if (await runs({ java, libs })) return { java, libs };
    report(`What stands in ${libs} does not run as a Kafka of version 3.3 or newer: looking for another.`);
  }
  return cachedInstall({ name: 'Kafka', ways: ways.map((way) => way(java)), mend: MEND, env, report });
}

/**
 * What findKafka takes without installing or trying anything: where ONWARD_KAFKA_LIBS points (so `npm test` hands over
 * what it found), KAFKA_HOME, PATH, cache folder. Null where there is none, or no Java.
 */
export function installedKafka(env: NodeJS.ProcessEnv = process.env): KafkaInstall | null {
  const java = javaOf(env);
  const libs = [...installedLibs(env), join(cacheFolder(env), CACHED, 'libs')].find(hasBroker);
  return java !== null && libs !== undefined ? { java, libs } : null;
}

function javaOf(env: NodeJS.ProcessEnv): string | null {
  const ofHome = env.JAVA_HOME && isAbsolute(env.JAVA_HOME) ? [join(env.JAVA_HOME, 'bin', 'java')] : [];
  return [...ofHome, ...onPath('java', env)].find(isExecutable) ?? null;
}

function installedLibs(env: NodeJS.ProcessEnv): string[] {
  const given = env.ONWARD_KAFKA_LIBS ? [env.ONWARD_KAFKA_LIBS] : [];
  const ofHome = env.KAFKA_HOME ? [join(env.KAFKA_HOME, 'libs')] : [];
  // In Kafka's archive bin/ and libs/ stand side by side; a package may link to the one in bin/.
  const scripts = onPath('kafka-server-start.sh', env).map((file) => realpathSync(file));
  return [...given, ...ofHome, ...scripts.map((file) => join(dirname(dirname(file)), 'libs'))];
}

function hasBroker(libs: string): boolean {
  try {
    return readdirSync(libs).some((name) => /^kafka_2\.\d+-[\d.]+\.jar$/.test(name));
  } catch {
    return false;
  }
}

/** Not so where Java is too old for it, or where the jars are those of another generation. */
async function runs({ java, libs }: KafkaInstall): Promise<boolean> {
  const args = ['-cp', join(libs, '*'), 'kafka.tools.StorageTool', 'random-uuid'];
  try {
    const { stdout } = await promisify(execFile)(java, args, { timeout: ANSWERS_WITHIN_MS });
    return /^[\w-]{22}$/m.test(stdout);
  } catch {
    return false;
  }
}

/** From Maven Central, or from where Maven's own settings say. */
function byMaven(java: string): Way<KafkaInstall> {
  return {
    folder: CACHED,
    async make(job) {
      job.report(`Kafka is missing: fetching org.apache.kafka:kafka_2.13:${VERSION} by Maven …`);
      writeFileSync(join(job.folder, 'pom.xml'), POM);
      const args = ['-B', '-ntp', 'dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=libs'];
      const work = { command: 'mvn', args, doing: 'fetching', withinMs: FETCHED_WITHIN_MS };
      const why = await watchedRun(work, job);
      return why === null ? null : `Maven could not fetch Kafka (${why})`;
    },
    async open(folder) {
      const install = { java, libs: join(folder, 'libs') };
      return hasBroker(install.libs) && (await runs(install)) ? install : null;
    },
  };
}

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>onward</groupId>
  <artifactId>kafka-for-tests</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka-tools</artifactId>
      <version>${VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-slf4j-impl</artifactId>
      <version>${LOG4J_VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;
