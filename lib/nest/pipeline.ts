import { MetadataScanner } from '@nestjs/core';

/** What has Nest call a method through guards, interceptors and pipes. */
export type Pipeline = 'http' | 'graphql' | 'rpc' | 'ws';

/** Metadata of a method by which Nest's packages know it. They export the keys partly. */
const KEYS: Readonly<Record<Pipeline, readonly string[]>> = {
  http: ['path', 'method'],
  graphql: ['graphql:resolver_type'],
  rpc: ['microservices:handler_type'],
  ws: ['websockets:message_mapping'],
};

/** `undefined` for a method that is called by code alone. */
export function pipelineOf(method: unknown): Pipeline | undefined {
  if (typeof method !== 'function') return undefined;
  return (Object.keys(KEYS) as Pipeline[]).find((pipeline) =>
    KEYS[pipeline].every((key) => Reflect.hasMetadata(key, method)),
  );
}

/** Whether Nest calls methods of a class, as it does with controllers, resolvers and gateways. */
export function hasPipeline(type: Function): boolean {
  const prototype = type.prototype as Record<string, unknown>;
  const methods = new MetadataScanner().getAllMethodNames(prototype);
  return methods.some((name) => pipelineOf(prototype[name]) !== undefined);
}
