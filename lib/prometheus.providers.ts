import type { FactoryProvider, Provider } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, ModuleRef, ModulesContainer } from '@nestjs/core';
import {
  CALL_METER,
  EXPORTER,
  GIVEN_OPTIONS,
  INJECTED_METRICS,
  LIFECYCLE,
  METHOD_METER,
  OWN_ROUTES,
} from './core/tokens.js';
import { PrometheusInterceptor } from './decorators/prometheus.interceptor.js';
import { ApplicationMeter } from './handlers/method-calls.js';
import { NestApplication } from './nest/application.js';
import type { PrometheusModuleOptions } from './options/prometheus-options.js';
import { makeExporter, type Exporter } from './prometheus.exporter.js';
import { PrometheusLifecycle } from './prometheus.lifecycle.js';
import { PrometheusService } from './prometheus.service.js';

/** What other modules, and the library's own classes in them, are injected. */
export const EXPORTED = [
  PrometheusService,
  CALL_METER,
  METHOD_METER,
  INJECTED_METRICS,
  OWN_ROUTES,
  LIFECYCLE,
] as const;

/**
 * How the exporter of one application is made. Needs `GIVEN_OPTIONS`.
 *
 * @param hostModule the class of the module that carries the metrics controller
 */
export function prometheusProviders(hostModule: unknown): Provider[] {
  return [
    { provide: METHOD_METER, useFactory: () => new ApplicationMeter() },
    {
      provide: EXPORTER,
      inject: [
        GIVEN_OPTIONS,
        METHOD_METER,
        ApplicationConfig,
        ModulesContainer,
        ModuleRef,
        HttpAdapterHost,
      ],
      useFactory: (
        given: PrometheusModuleOptions,
        meter: ApplicationMeter,
        config: ApplicationConfig,
        modules: ModulesContainer,
        moduleRef: ModuleRef,
        adapterHost: HttpAdapterHost,
      ) => {
        const application = new NestApplication(
          config,
          modules,
          moduleRef,
          hostModule,
          adapterHost,
        );
        return makeExporter(given, application, meter);
      },
    },
    ofExporter(CALL_METER, ({ callMeter }) => callMeter),
    ofExporter(INJECTED_METRICS, ({ injected }) => injected),
    ofExporter(OWN_ROUTES, ({ routes }) => routes),
    ofExporter(LIFECYCLE, ({ parts, application }) => new PrometheusLifecycle(parts, application)),
    PrometheusInterceptor,
    PrometheusService,
  ];
}

function ofExporter(token: symbol, give: (exporter: Exporter) => unknown): FactoryProvider {
  return { provide: token, inject: [EXPORTER], useFactory: give };
}
