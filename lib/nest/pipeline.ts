import { MetadataScanner } from '@nestjs/core';
import { GRAPHQL_OPERATION, MESSAGE_HANDLER, PATH, METHOD, WS_MESSAGE } from './metadata.js';

/** What has Nest call a method through guards, interceptors and pipes. */
export type Pipeline = 'http' | 'graphql' | 'rpc' | 'ws';

const KEYS: Readonly<Record<Pipeline, readonly string[]>> = {
  http: [PATH, METHOD],
  graphql: [GRAPHQL_OPERATION],
  rpc: [MESSAGE_HANDLER],
  ws: [WS_MESSAGE],
};

const PIPELINES = Object.keys(KEYS) as Pipeline[];

/** `undefined` for a method that Nest calls in no such way. */
export function pipelineOf(method: unknown): Pipeline | undefined {
  if (typeof method !== 'function') return undefined;
  return PIPELINES.find((pipeline) =>
    KEYS[pipeline].every((key) => Reflect.hasMetadata(key, method)),
  );
}

/** Whether Nest calls methods of a class so, as it does with controllers, resolvers and gateways. */
export function hasPipeline(type: Function): boolean {
  const prototype = type.prototype as Record<string, unknown>;
  const methods = new MetadataScanner().getAllMethodNames(prototype);
  return methods.some((name) => pipelineOf(prototype[name]) !== undefined);
}
