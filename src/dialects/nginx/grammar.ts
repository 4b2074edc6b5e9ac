/** Where a directive may stand: http, server, location, an `if` in a location, an `if` in a server, limit_except, upstream. */
export type Place = 'h' | 's' | 'l' | 'i' | 'j' | 'x' | 'u';

export interface Rule {
  readonly places: string;
  /** How many arguments it takes. */
  readonly least: number;
  readonly most: number;
  /** Whether it may stand once only at each level. */
  readonly once: boolean;
}

/** `name: places least-most`, `!` where it may stand once. Source: the modules' command tables, by way of nginx -t. */
const table = `
  server: h 0-0            upstream: h 1-1           map: h 2-2              limit_req_zone: h 3-4
  listen: s 1-99           server_name: s 1-99       location: sl 1-2        limit_except: l 1-99
  return: slij 1-2         rewrite: slij 2-3         set: slij 2-2           break: slij 0-0       if: sl 1-99
  proxy_pass: lix 1-1 !    proxy_set_header: hsl 2-2 proxy_redirect: hsl 1-2 proxy_method: hsl 1-1 !
  proxy_set_body: hsl 1-1 !               proxy_http_version: hsl 1-1 !          proxy_hide_header: hsl 1-1
  proxy_pass_header: hsl 1-1              proxy_pass_request_headers: hsl 1-1 !  proxy_pass_request_body: hsl 1-1 !
  proxy_intercept_errors: hsl 1-1 !       proxy_connect_timeout: hsl 1-1 !       proxy_read_timeout: hsl 1-1 !
  add_header: hsli 2-3     error_page: hsli 2-99     try_files: sl 2-99 !    root: hsli 1-1 !      alias: l 1-1 !
  index: hsl 1-99          internal: l 0-0           auth_request: hsl 1-1 ! auth_request_set: hsl 2-2
  auth_basic: hslx 1-1 !   auth_basic_user_file: hslx 1-1 !                  allow: hslx 1-1       deny: hslx 1-1
  satisfy: hsl 1-1 !       limit_req: hsl 1-4        limit_req_status: hsl 1-1 !                    limit_req_dry_run: hsl 1-1 !
  client_max_body_size: hsl 1-1 !         default_type: hsl 1-1 !            server_tokens: hsl 1-1 !
  absolute_redirect: hsl 1-1 !            port_in_redirect: hsl 1-1 !        server_name_in_redirect: hsl 1-1 !
  recursive_error_pages: hsl 1-1 !        merge_slashes: hs 1-1 !            underscores_in_headers: hs 1-1 !
`;

/** The directives that are mirrored; what is not named here is not judged. */
export const grammar: ReadonlyMap<string, Rule> = new Map(
  [...table.matchAll(/(\w+): (\w+) (\d+)-(\d+)( !)?/g)].map(([, name = '', places = '', least, most, once]) => [
    name,
    { places, least: Number(least), most: Number(most), once: once !== undefined },
  ]),
);
