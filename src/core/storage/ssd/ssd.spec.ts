/** What an SSD does with single requests; its rates and laws are in ../storage.spec.ts. */
import { describe, expect, test } from 'vitest';
import { SSD_PRESETS, type SsdPreset } from '../../presets/ssd';
import { OP, RequestTable, type OpName } from '../device';
import { SsdModel } from './ssd';

/** A new drive, and requests for whole pages one after another; the model's `finished` says which are done. */
function newDrive(id: string, changes: Partial<SsdPreset> = {}) {
  const found = SSD_PRESETS.find((p) => p.id === id);
  if (!found) throw new Error(`no preset ${id}`);
  const preset: SsdPreset = { ...found, ...changes };
  const requests = new RequestTable(64);
  const model = new SsdModel(preset, { requests, seed: 1, precondition: 'empty' });
  const pageSectors = preset.pageBytes / model.sectorBytes;
  let nowPs = 0;
  let slot = 0;
  const submit = (op: OpName, firstSector: number, sectors: number): number => {
    requests.set(slot, OP[op], firstSector, sectors, nowPs);
    model.submit(slot, nowPs);
    return slot++;
  };
  /** Until nothing is under way; gives the slots that are done. */
  const run = (): number[] => {
    while (model.nextPs < Infinity) {
      nowPs = model.nextPs;
      model.step();
    }
    return model.finished.splice(0);
  };
  /** One request; gives whether it is done. */
  const pages = (op: OpName, first: number, count = 1): boolean => {
    const slot = submit(op, first * pageSectors, count * pageSectors);
    return run().includes(slot);
  };
  return { model, preset, requests, pageSectors, submit, run, pages };
}

describe('read-ahead', () => {
  test.each(SSD_PRESETS.filter((p) => p.readAheadBytes > 0).map((p) => p.id))(
    '%s: pages come that lie behind one that was never written',
    (id) => {
      const { pages } = newDrive(id);
      // Neighbours in the flash, with holes between their numbers.
      for (const written of [4, 6, 7, 9]) pages('write', written);
      pages('flush', 0);
      for (let read = 0; read < 12; read++) expect(pages('read', read)).toBe(true);
    },
  );

  test('what is on its way is not taken for another page', () => {
    const { pages, submit, run, preset, pageSectors } = newDrive('ssd-sata');
    // As far apart as two pages whose notes are kept in one place.
    const apart = 4 * Math.floor(preset.readAheadBytes / preset.pageBytes);
    pages('write', 1);
    pages('write', apart, 4);
    pages('flush', 0);
    const slots = [
      submit('read', (apart - 1) * pageSectors, pageSectors),
      submit('read', apart * pageSectors, pageSectors),
      submit('read', pageSectors, 1),
      submit('read', pageSectors + 1, 1),
    ];
    expect(run().sort()).toEqual(slots);
  });
});

describe('without a buffer', () => {
  test('a write that had to wait for room is done when it is programmed', () => {
    const { submit, run, requests, pageSectors, preset } = newDrive('nvme-consumer', {
      writeBufferBytes: 0,
      slcBytes: 0,
    });
    const slots = [0, 1, 2].map((page) => submit('write', page * pageSectors, pageSectors));
    expect(run()).toEqual(slots);
    const programPs = Math.min(...preset.programUs) * 1e6;
    const donePs = slots.map((slot) => requests.donePs[slot] as number);
    for (const [i, done] of donePs.entries()) expect(done - (donePs[i - 1] ?? 0)).toBeGreaterThanOrEqual(programPs);
  });
});

describe('a snapshot', () => {
  test('is gone back to from another future that is as long', () => {
    const { model, pages } = newDrive('nvme-consumer');
    const before = model.snapshot();
    pages('write', 1);
    const first = model.snapshot();
    const [mapped, unmapped] = [...model.ftl.toPhysical.subarray(1, 3)];
    model.restore(before);
    pages('write', 2);
    model.restore(first);
    expect([...model.ftl.toPhysical.subarray(1, 3)]).toEqual([mapped, unmapped]);
    model.ftl.check();
  });
});
