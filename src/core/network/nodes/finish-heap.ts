/** A heap of requests by virtual finishing time (requests.finish), then by order of arrival. */
import type { Requests } from '../requests';

export class FinishHeap {
  private items = new Int32Array(64);
  private order = new Float64Array(64);
  private arrivals = 0;
  size = 0;

  constructor(private readonly requests: Requests) {}

  get top(): number {
    return this.items[0] as number;
  }

  clear(): void {
    this.size = 0;
  }

  push(request: number, finish: number): void {
    if (this.size === this.items.length) this.grow();
    this.requests.finish[request] = finish;
    const order = this.arrivals++;
    let i = this.size++;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      // Of equals the earlier stays ahead, hence not <.
      if (this.finishAt(parent) <= finish) break;
      this.move(parent, i);
      i = parent;
    }
    this.items[i] = request;
    this.order[i] = order;
  }

  pop(): number {
    const top = this.top;
    const last = --this.size;
    const finish = this.finishAt(last);
    const order = this.order[last] as number;
    const request = this.items[last] as number;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= last) break;
      if (child + 1 < last && this.before(child + 1, this.finishAt(child), this.order[child] as number)) child++;
      if (!this.before(child, finish, order)) break;
      this.move(child, i);
      i = child;
    }
    this.items[i] = request;
    this.order[i] = order;
    return top;
  }

  private finishAt(i: number): number {
    return this.requests.finish[this.items[i] as number] as number;
  }

  private before(i: number, finish: number, order: number): boolean {
    const f = this.finishAt(i);
    return f < finish || (f === finish && (this.order[i] as number) < order);
  }

  private move(from: number, to: number): void {
    this.items[to] = this.items[from] as number;
    this.order[to] = this.order[from] as number;
  }

  private grow(): void {
    const items = new Int32Array(this.size * 2);
    const order = new Float64Array(this.size * 2);
    items.set(this.items);
    order.set(this.order);
    this.items = items;
    this.order = order;
  }
}
