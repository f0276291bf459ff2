import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { containerLimits } from '../../../lib/runtime/container-limits.js';
import { processUsage } from '../../../lib/runtime/process-files.js';

/** Files as machines have them, by their paths. */
type Recorded = Readonly<Record<string, string>>;

async function within<T>(files: Recorded, action: (root: string) => Promise<T>): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'recorded-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return await action(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

const STATUS = `Name:\tnode
VmPeak:\t 1073700 kB
VmSize:\t 1007164 kB
VmRSS:\t   48392 kB
VmData:\t  101364 kB
Threads:\t11
`;

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units
Max processes             127187               127187               processes
Max open files            1024                 524288               files
Max locked memory         8388608              8388608              bytes
`;

describe('the usage of the process', () => {
  it('is read as Linux writes it', async () => {
    const files = {
      'proc/self/status': STATUS,
      'proc/self/limits': LIMITS,
      'proc/self/fd/0': '',
      'proc/self/fd/1': '',
      'proc/self/fd/17': '',
    };
    expect(await within(files, processUsage)).toEqual({
      residentBytes: 48_392 * 1024,
      virtualBytes: 1_007_164 * 1024,
      dataBytes: 101_364 * 1024,
      openDescriptors: 2,
      maxDescriptors: 1024,
    });
  });

  it('has no limit of descriptors where there is none', async () => {
    const unlimited = LIMITS.replace('1024  ', 'unlimited');
    const { maxDescriptors } = await within({ 'proc/self/limits': unlimited }, processUsage);
    expect(maxDescriptors).toBeUndefined();
  });

  it('is not known on macOS and Windows, which have no such files', async () => {
    expect(await within({}, processUsage)).toEqual({
      residentBytes: undefined,
      virtualBytes: undefined,
      dataBytes: undefined,
      openDescriptors: undefined,
      maxDescriptors: undefined,
    });
  });
});

const NONE = { memoryBytes: undefined, cpuCores: undefined };

describe('the limits of the container', () => {
  const POD = 'kubepods.slice/kubepods-pod1.slice';

  it.each<[string, Recorded, object]>([
    [
      'version 2, seen from within a container',
      {
        'proc/self/cgroup': '0::/\n',
        'sys/fs/cgroup/memory.max': '536870912\n',
        'sys/fs/cgroup/cpu.max': '150000 100000\n',
      },
      { memoryBytes: 536_870_912, cpuCores: 1.5 },
    ],
    [
      'version 2, of which a parent has the strictest limit',
      {
        'proc/self/cgroup': `0::/${POD}/container\n`,
        [`sys/fs/cgroup/${POD}/container/memory.max`]: 'max\n',
        [`sys/fs/cgroup/${POD}/memory.max`]: '1073741824\n',
        'sys/fs/cgroup/kubepods.slice/memory.max': '8589934592\n',
        [`sys/fs/cgroup/${POD}/container/cpu.max`]: '400000 100000\n',
        [`sys/fs/cgroup/${POD}/cpu.max`]: '200000 100000\n',
      },
      { memoryBytes: 1_073_741_824, cpuCores: 2 },
    ],
    [
      'version 2, without limits',
      {
        'proc/self/cgroup': '0::/user.slice\n',
        'sys/fs/cgroup/user.slice/memory.max': 'max\n',
        'sys/fs/cgroup/user.slice/cpu.max': 'max 100000\n',
      },
      NONE,
    ],
    [
      'version 1, whose path is that of the host',
      {
        'proc/self/cgroup': '9:memory:/docker/abc\n5:cpu,cpuacct:/docker/abc\n1:name=systemd:/\n',
        'sys/fs/cgroup/memory/memory.limit_in_bytes': '268435456\n',
        'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '50000\n',
        'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
      },
      { memoryBytes: 268_435_456, cpuCores: 0.5 },
    ],
    [
      'version 1, without limits',
      {
        'proc/self/cgroup': '9:memory:/\n5:cpu,cpuacct:/\n',
        'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
        'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
        'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
      },
      NONE,
    ],
    ['macOS and Windows', {}, NONE],
  ])('are read: %s', async (_, files, expected) => {
    expect(await within(files, containerLimits)).toEqual(expected);
  });
});
