import { Observable, Subscriber } from 'rxjs';
import type { MeasuredCall } from '../calls/measured-call.js';

/**
 * What a handler's pipeline gives, told to the call. The same as `tap()` does, with one object in
 * place of a function for each thing that may happen. RxJS 7 keeps the constructor of its subscriber
 * for operators; with RxJS 8, whose operators are made in another way, this becomes `tap()` again.
 */
export function measuredResult(
  source: Observable<unknown>,
  call: MeasuredCall,
): Observable<unknown> {
  return new Observable((subscriber) => source.subscribe(new MeasuredResult(subscriber, call)));
}

class MeasuredResult extends Subscriber<unknown> {
  constructor(
    destination: Subscriber<unknown>,
    private readonly call: MeasuredCall,
  ) {
    super(destination);
  }

  override next(value: unknown): void {
    if (!this.isStopped) this.call.next(value);
    super.next(value);
  }

  override error(error: unknown): void {
    if (!this.isStopped) this.call.error(error);
    super.error(error);
  }

  override complete(): void {
    if (!this.isStopped) this.call.complete();
    super.complete();
  }

  override unsubscribe(): void {
    const wasClosed = this.closed;
    super.unsubscribe();
    if (!wasClosed) this.call.finalize();
  }
}
