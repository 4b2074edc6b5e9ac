import fc from 'fast-check';

// What has to pass before a change lands says the same each time it is run; everywhere else each run looks at other values.
if (process.env.CI !== undefined) fc.configureGlobal({ seed: 20_261_125 });

/** Property tests: every test takes fast-check from here. */
export { fc };
