/** What `devgateway init` writes where it finds nothing to include. */
export const nativeTemplate = `# yaml-language-server: $schema=./node_modules/devgateway/schema/devgateway.schema.json

# Production configuration, as it stands:
# include: [kong.yml]

# Where production addresses are on this machine. A URL, echo:, or a module of your own:
upstreams:
  app:80: 'echo:'

routes:
  - name: app
    match: { path: /* } # also /orders/{id}, ~^/regex, host, methods, headers, query
    steps:
      - rateLimit: { by: ip, limit: 100, per: 1m }
      # - jwt: { issuer: https://login.example.com/, audience: app, algorithms: [RS256] }
      # - rewrite: { stripPrefix: /api }
      # - body: { case: camel-to-snake }
    upstream: app:80
`;
