/** The random source: bytes of a seeded stream, so that a run can be repeated. */
import { Random } from '../../base/random';
import type { Device } from './device';

export class RandomDevice implements Device {
  readonly name = 'random';
  private stream: Random;

  constructor(private readonly seed: number) {
    this.stream = new Random(seed, 'machine-random');
  }

  read(): number {
    return this.stream.uint32() >>> 24;
  }

  write(_port: number, value: number): void {
    this.stream = new Random(value, 'machine-random');
  }

  reset(): void {
    this.stream = new Random(this.seed, 'machine-random');
  }

  save(): readonly [number, number, number, number] {
    return this.stream.save();
  }

  restore(state: readonly [number, number, number, number]): void {
    this.stream.load(state);
  }
}
