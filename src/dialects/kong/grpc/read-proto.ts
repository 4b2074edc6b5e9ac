import path from 'node:path';
import type { Setting } from '../../../sources/setting.ts';
import { parseProto } from './parse-proto.ts';
import type { ProtoSchema } from './schema.ts';

/** Where Kong looks for imports beside the folder of the file itself (kong.tools.grpc). */
const includes = ['.', 'kong/include', 'spec/fixtures/grpc', '/usr/local/kong/include', '/usr/local/opt/protobuf/include', '/usr/include'];

/** The .proto file that a setting names; null where it names none. What is wrong with it is said over the setting. */
export function readProto(setting: Setting, readFile: (name: string) => string | undefined): ProtoSchema | null {
  const name = setting.string();
  if (name === undefined) return null;
  const text = readFile(name);
  if (text === undefined) {
    setting.problem('DG1204', `there is no file ${JSON.stringify(name)}`, 'expected a .proto file, relative to the folder of the configuration');
    return null;
  }
  const read = (imported: string): string | undefined => {
    for (const folder of [path.dirname(name), ...includes]) {
      const found = readFile(path.join(folder, imported));
      if (found !== undefined) return found;
    }
    return undefined;
  };
  try {
    return parseProto(text, read);
  } catch (error) {
    setting.problem('DG1203', `${name}: ${(error as Error).message}`, 'expected a .proto file as protoc takes it');
    return null;
  }
}
