const { mkdirSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

// Shared by all instances, and by nothing else.
const directory = process.env.PROMETHEUS_MULTIPROC_DIR ?? join(tmpdir(), 'sample-pm2-metrics');
mkdirSync(directory, { recursive: true });

module.exports = {
  apps: [
    {
      name: 'sample-pm2',
      script: join(__dirname, '../../build/sample/05-pm2/main.js'),
      exec_mode: 'cluster',
      instances: 2,
      env: { PROMETHEUS_MULTIPROC_DIR: directory },
    },
  ],
};
