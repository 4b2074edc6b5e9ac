module.exports = { testEnvironment: 'node', setupFilesAfterEnv: ['devgateway/jest'] };
