import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const root = path.resolve(import.meta.dirname, '../..');
const execute = promisify(execFile);

/** An empty project of a user, with the packed package in it. */
export class Project {
  readonly folder: string;
  readonly tarball: string;

  private constructor(folder: string, tarball: string) {
    this.folder = folder;
    this.tarball = tarball;
  }

  static async withPackage(): Promise<Project> {
    const scratch = mkdtempSync(path.join(tmpdir(), 'devgateway-packed-'));
    const { stdout } = await execute('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', scratch], { cwd: root });
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
    const folder = path.join(scratch, 'project');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'package.json'), '{ "name": "project", "private": true }');
    const project = new Project(folder, path.join(scratch, filename));
    await execute('npm', ['install', project.tarball, '--no-audit', '--no-fund', '--omit=optional', '--prefer-offline'], { cwd: folder });
    return project;
  }

  async install(...packages: string[]): Promise<void> {
    await execute('npm', ['install', ...packages, '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'], { cwd: this.folder });
  }

  write(name: string, text: string): void {
    writeFileSync(path.join(this.folder, name), text);
  }

  /** Standard output; throws what the process said where it failed. */
  async node(...args: string[]): Promise<string> {
    return (await this.#run(args)).stdout;
  }

  /** All that a tool says, also where it fails. */
  async said(...args: string[]): Promise<string> {
    const { stdout, stderr } = await this.#run(args).catch((error: unknown) => error as { readonly stdout: string; readonly stderr: string });
    return `${stdout}${stderr}`;
  }

  #run(args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
    return execute(process.execPath, args, { cwd: this.folder, env: { ...process.env, NO_COLOR: '1', VITEST: undefined, CI: undefined } });
  }

  /** Takes over every file of a recipe. */
  copy(recipe: string): void {
    cpSync(path.join(root, 'recipes', recipe), this.folder, { recursive: true });
  }

  /** Installed packages and their size in bytes. */
  get weight(): { readonly packages: number; readonly bytes: number } {
    const modules = path.join(this.folder, 'node_modules');
    const files = readdirSync(modules, { recursive: true, encoding: 'utf8' });
    const bytes = files.reduce((sum, name) => sum + (statSync(path.join(modules, name), { throwIfNoEntry: false })?.size ?? 0), 0);
    const packages = files.filter((name) => /(?:^|node_modules\/)(?:@[^/]+\/)?[^/@.][^/]*\/package\.json$/.test(name)).length;
    return { packages, bytes };
  }

  remove(): void {
    rmSync(path.dirname(this.folder), { recursive: true, force: true });
  }
}
