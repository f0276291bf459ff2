import { register } from 'prom-client';
import type { AnyRegistry } from '../options/prometheus-options.js';

/** The registry that prom-client's metrics go to unless another one is given. */
export const globalRegistry: AnyRegistry = register;
