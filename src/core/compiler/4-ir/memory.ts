/**
 * What was made of a function last time, kept for the next compile of a text that has hardly changed. An entry is found by name and
 * belongs to a packed function; what is not asked for in a compile is forgotten with the next one.
 */
import { samePacked, type PackedFunction } from './pack';

export class FunctionMemory<Entry extends { readonly input: PackedFunction }> {
  private last = new Map<string, Entry>();
  private present = new Map<string, Entry>();
  private setting = '';

  /** A compile begins. Entries of another setting are of no use to it. */
  begin(setting: string): void {
    this.last = setting === this.setting ? this.present : new Map<string, Entry>();
    this.present = new Map();
    this.setting = setting;
  }

  /** What was kept for the same function at other places, if it also passes the test. */
  recall(key: string, input: PackedFunction, fits: (entry: Entry) => boolean): Entry | undefined {
    const entry = this.last.get(key);
    if (!entry || !samePacked(entry.input, input) || !fits(entry)) return undefined;
    this.present.set(key, entry);
    return entry;
  }

  keep(key: string, entry: Entry): void {
    this.present.set(key, entry);
  }
}
