# devgateway as an image: docker build -t devgateway . && docker run -p 8080:8080 -v "$PWD:/config:ro" devgateway
ARG BASE=node:24-slim

FROM ${BASE} AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node scripts/build.mjs && npm pack --ignore-scripts
# What npm would publish, with the versions of the lock file.
RUN mkdir /app && tar -xzf devgateway-*.tgz -C /app --strip-components=1 && cp package-lock.json /app
RUN cd /app && npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM ${BASE}
COPY --from=build /app /app
RUN chmod +x /app/bin/devgateway.js && ln -s /app/bin/devgateway.js /usr/local/bin/devgateway && mkdir -p /config && chown node:node /home/node
# Test keys and the local authority are kept in the home folder.
ENV HOME=/home/node
USER node
WORKDIR /home/node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s \
  CMD ["node", "-e", "require('node:net').connect(8080, '127.0.0.1').on('connect', () => process.exit(0)).on('error', () => process.exit(1))"]
ENTRYPOINT ["devgateway"]
CMD ["start", "/config", "--host", "0.0.0.0", "--port", "8080"]
