import path from 'node:path';
import { controlFile, leaveControl } from '../admin/control-file.ts';
import { openControl } from '../admin/control.ts';
import { diagnosticAt, DevgatewayError } from '../model/error.ts';
import { nowhere } from '../model/origin.ts';
import type { Control, ControlOpener } from '../gateway/types.ts';

/** The control API as `start` opens it: other processes find it in the working folder for as long as it is open. */
export const openControlIn =
  (folder: string): ControlOpener =>
  async (gateway, options) => {
    const control = await openControl(gateway, options);
    try {
      const takeAway = leaveControl(folder, control);
      return { ...control, close: () => (takeAway(), control.close()) };
    } catch (error) {
      await control.close();
      throw new DevgatewayError(
        diagnosticAt('DG1402', nowhere, `the control API cannot leave its token in ${controlFile(folder)}: ${(error as Error).message}`),
        { cause: error },
      );
    }
  };

/** What people are told of it: never the token. */
export const controlLine = ({ url }: Control, folder: string): string =>
  `  ${url}  control API, its token is in ${path.relative(folder, controlFile(folder))}`;
