import { Logger } from '@nestjs/common';
import { CallPlans } from './calls/call-plans.js';
import { exemplarSource } from './calls/exemplar-source.js';
import { safeConverter } from './calls/measured-call.js';
import { errorText } from './core/errors.js';
import { Parts, type Part } from './core/part.js';
import { otherVersionsHint } from './core/versions.js';
import { HandlerCallMeter } from './handlers/handler-call-meter.js';
import { HandlerMetrics } from './handlers/handler-metrics.js';
import { KindCalls } from './handlers/kind-calls.js';
import { MethodCalls, type ApplicationMeter } from './handlers/method-calls.js';
import { UserDefaults } from './handlers/user-defaults.js';
import { HttpMetrics } from './http/http-metrics.js';
import { CollectProviders } from './injected/collect-providers.js';
import { InjectedMetrics } from './injected/injected-metrics.js';
import { MultiprocessMember } from './multiprocess/multiprocess-member.js';
import type { NestApplication } from './nest/application.js';
import { checkImportedOnce } from './nest/module-check.js';
import type { PrometheusModuleOptions } from './options/prometheus-options.js';
import { resolveOptions, type ResolvedOptions } from './options/resolve-options.js';
import { OutgoingCalls } from './outgoing/outgoing-calls.js';
import { servingParts, type ServingParts } from './prometheus.serving.js';
import { ClientCopies } from './registry/client-copies.js';
import { ExporterMetrics } from './registry/exporter-metrics.js';
import { globalRegistry } from './registry/global-registry.js';
import { OwnMetrics } from './registry/own-metrics.js';
import { RuntimeMetrics } from './runtime/runtime-metrics.js';

/** What the exporter of one application consists of, as far as others ask for it. */
export interface Exporter extends ServingParts {
  readonly application: NestApplication;
  readonly options: ResolvedOptions;
  readonly metrics: OwnMetrics;
  readonly injected: InjectedMetrics;
  readonly http: HttpMetrics;
  readonly callMeter: HandlerCallMeter;
  readonly userDefaults: UserDefaults;
  readonly parts: Parts;
}

/**
 * Makes the exporter of one application. One factory makes all of it: Nest takes longer to find out
 * what each of thirty providers needs than it takes to make them.
 *
 * @param meter what was injected into the instances whose methods are measured
 * @throws PrometheusConfigError for invalid options
 */
export async function makeExporter(
  given: PrometheusModuleOptions,
  application: NestApplication,
  meter: ApplicationMeter,
): Promise<Exporter> {
  const logger = new Logger('PrometheusModule');
  const warn = (message: string): void => logger.warn(message);
  const hint = otherVersionsHint();
  if (hint !== '') warn(hint);
  checkImportedOnce(application.modules);
  const options = resolveOptions(given, { registry: globalRegistry }, warn);

  const { defaultMetrics, maxSeries } = options;
  const { prefix, buckets } = defaultMetrics;
  const metrics = new OwnMetrics(options.registry);
  const exporter = new ExporterMetrics(metrics, prefix, warn);
  const collect = new CollectProviders(application);
  const injected = new InjectedMetrics(metrics, exporter, collect, options.nativeHistograms);
  const exemplars = await exemplarSource(options.exemplars, warn);
  const plans = new CallPlans(
    { ...options, buckets, registry: metrics, exporter, exemplars },
    application,
    (error) => logger.error(String(error)),
  );
  const member = multiprocessMember(options, metrics, warn);
  const serving = servingParts(options, metrics, application, member, logger);
  const http = new HttpMetrics({
    options,
    registry: metrics,
    exporter,
    application,
    endpoint: serving.routes,
    calls: plans,
    onError: (error) => logger.error(`A request could not be recorded: ${errorText(error)}`),
  });
  const handlerMetrics = new HandlerMetrics(metrics, exporter, { ...defaultMetrics, maxSeries });
  const kinds = new KindCalls(options.handlers, application, plans, handlerMetrics, meter);
  const callMeter = new HandlerCallMeter({
    metrics: plans,
    http,
    pipeline: kinds.pipeline,
    convert: safeConverter(options.responseConverter, warn),
    isExcluded: options.excludeUserDefaults ? options.excludedPaths : undefined,
  });
  const isGlobal = options.interceptor === 'global';
  const userDefaults = new UserDefaults(plans, callMeter, application, isGlobal);

  // In the order in which they are installed and started: metrics are on the registry before
  // anything shows them, and leave it when nothing records any more.
  const parts: readonly (Part | undefined)[] = [
    application,
    metrics,
    new RuntimeMetrics(metrics, options.processMetrics, () => application.server),
    new ClientCopies(options.registry, warn),
    member,
    injected,
    collect,
    plans,
    kinds,
    new MethodCalls(meter, plans, kinds, application),
    serving.routes,
    userDefaults,
    serving.page,
    http,
    new OutgoingCalls(metrics, exporter, options),
    serving.servers,
    serving.pushgateway,
  ];
  return {
    ...serving,
    application,
    options,
    metrics,
    injected,
    http,
    callMeter,
    userDefaults,
    parts: new Parts(parts.filter((part) => part !== undefined)),
  };
}

function multiprocessMember(
  options: ResolvedOptions,
  metrics: OwnMetrics,
  warn: (message: string) => void,
): MultiprocessMember | undefined {
  const { multiprocess: directory, defaultMetrics, processMetrics } = options;
  if (directory === undefined) return undefined;
  const processPrefix = processMetrics?.prefix ?? '';
  const member = { directory, prefix: defaultMetrics.prefix, processPrefix };
  return new MultiprocessMember(metrics, member, warn);
}
