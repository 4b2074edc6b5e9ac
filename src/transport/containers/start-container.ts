import { diagnosticAt, DevgatewayError, type UserErrorCode } from '../../model/error.ts';
import type { ContainerSettings } from '../../model/gateway.ts';
import { nowhere } from '../../model/origin.ts';
import { findTestcontainers, type Testcontainers } from './find-testcontainers.ts';

export interface RunningContainer {
  readonly origin: string;
  stop(): Promise<unknown>;
}

/** @throws DevgatewayError that says what keeps the container from running, and how to mend it. */
export async function startContainer(settings: ContainerSettings): Promise<RunningContainer> {
  const { image, port } = settings;
  const library = await findTestcontainers([...(settings.folder === undefined ? [] : [settings.folder]), process.cwd()]);
  await orElse(
    'DG1304',
    () => library.getContainerRuntimeClient(),
    `Docker, which is to run ${image}, cannot be reached`,
    'start it, or say where it is with DOCKER_HOST',
  );
  const started = await orElse(
    'DG1305',
    () => described(settings, library).start(),
    `the container of ${image} did not start`,
    'check its image, port, wait and startupTimeout; DEBUG=testcontainers:containers prints what it says',
  );
  return { origin: `http://${started.getHost()}:${started.getMappedPort(port)}`, stop: () => started.stop() };
}

function described(settings: ContainerSettings, { GenericContainer, Wait }: Testcontainers): InstanceType<Testcontainers['GenericContainer']> {
  const { image, port, env = {}, command = [], wait = 'port', startupTimeoutMs = 60_000 } = settings;
  const container = new GenericContainer(image).withExposedPorts(port).withEnvironment(env).withStartupTimeout(startupTimeoutMs);
  if (command.length > 0) container.withCommand([...command]);
  if (wait === 'port') return container.withWaitStrategy(Wait.forListeningPorts());
  return container.withWaitStrategy('http' in wait ? Wait.forHttp(wait.http, port) : Wait.forLogMessage(wait.log));
}

async function orElse<T>(code: UserErrorCode, act: () => Promise<T>, message: string, hint: string): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw new DevgatewayError(diagnosticAt(code, nowhere, `${message} (${(error as Error).message})`, hint), { cause: error });
  }
}
