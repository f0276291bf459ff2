import { Counter, type MetricContext } from 'nestjs-prometheus-exporter';

const TIERS = ['free', 'plus', 'business'];

/** What clients send is not bounded, so unknown values become one. */
function tierOf({ request }: MetricContext): string {
  const tier: unknown = request.headers['x-tier'];
  return typeof tier === 'string' && TIERS.includes(tier) ? tier : 'none';
}

/** A decorator is a value: put on several handlers, they count into one metric. */
export const CountedByTier = Counter('shop_requests_by_tier', 'Requests by tier of the customer.', {
  labels: { tier: tierOf },
});
