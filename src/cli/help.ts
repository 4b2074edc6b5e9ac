import type { CommandLine } from './arguments.ts';
import type { Terminal } from './terminal.ts';

const text = `devgateway [start] [CONFIG...]   serve a production gateway configuration

Commands
  start [CONFIG...]                 serve (the default)
  check [CONFIG...]                 read and link without serving; what is mirrored and what is not
  routes [CONFIG...]                the route table in matching order
  explain METHOD PATH [CONFIG...]   what would become of a request [-H 'NAME: VALUE'] [-d BODY]
  token [CONFIG...]                 mint a test token that the configuration accepts [--claim NAME=VALUE]
                                    [--expires-in 10m] [--algorithm RS256|ES256|EdDSA|HS256]
                                    [--persona auth0|cognito|keycloak] [--broken expired|wrong-issuer|...]
  record [CONFIG...] [-- PROGRAM]   serve, and record what upstreams answer, without its secrets [--tapes PATH]
                                    [--mode record|record-missing]
  replay [CONFIG...] [-- PROGRAM]   serve from the tape, with no upstream [--tapes PATH] [--report FILE.json|FILE.xml]
                                    [--strict: exit 1 where something is unknown or unused]
  issuer [CONFIG...]                serve the local identity provider alone: key set, discovery, token endpoint
  cert                              export the local certificate authority
  init [CONFIG...]                  write a devgateway.yaml for what is here [--force]
  completion bash|zsh|fish          print a completion script
  help                              this text

Options
  --dialect NAME         what the configuration is, where that is ambiguous
  --upstream NAME=URL    where a production address is on this machine (repeatable);
                         '*/*=http://localhost:{port}' for all that are called so, with the port of production;
                         function:NAME=./dist/orders.handler runs a function
  --port N, --host HOST  where to listen; port 0 takes any free one
  --as-host HOST         requests to localhost stand for this host; HOST.localhost always stands for HOST
  --control              open the control API for other processes, on loopback; --control-port N on this port
  --env-file FILE        values for the configuration (repeatable)
  --unsupported WHAT     what becomes of what is not supported: pass (it is told and does nothing) or fail (no start)
  --stage NAME, --var K=V
  --json                 one JSON document on stdout and nothing else
  --quiet, --no-color    less; no colours (NO_COLOR does the same)
  --debug                show the inside of an internal error
  --help, --version
  -- PROGRAM ARGS        run with the gateway, which ends with it; DEVGATEWAY_URL says where it is

Exit codes: 0 ok, 1 a run-time failure or a failed check, 2 wrong usage.

Examples
  devgateway kong.yml --upstream orders.internal:8080=http://localhost:3001
  helm template . | devgateway start -
  devgateway check --json kong.yml
  curl -H "Authorization: Bearer $(devgateway token --claim sub=ann)" localhost:8080/orders
  devgateway replay --strict --report replay.xml -- npm test
  devgateway explain GET /orders -H 'Host: api.example.com' kong.yml`;

export async function help(_line: CommandLine, terminal: Terminal): Promise<number> {
  terminal.out(text);
  return 0;
}
