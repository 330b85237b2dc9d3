import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { closeDatabase, load, loadAll, remove, save } from './database';

afterEach(async () => {
  vi.restoreAllMocks();
  await closeDatabase();
});

describe('the database', () => {
  it('keeps a saved document over a restart, with its revision counted', async () => {
    const saved = await save('programs', { id: 'p1', revision: 0, text: 'one' });
    expect(saved).toEqual({ ok: true, value: { id: 'p1', revision: 1, text: 'one' } });
    await closeDatabase();
    expect(await load('programs', 'p1')).toEqual({ ok: true, value: { id: 'p1', revision: 1, text: 'one' } });
  });
  it('refuses to overwrite what another tab saved, and keeps that', async () => {
    await save('programs', { id: 'p2', revision: 0, text: 'mine' });
    await save('programs', { id: 'p2', revision: 1, text: 'theirs' });
    const late = await save('programs', { id: 'p2', revision: 1, text: 'late' });
    expect(late).toMatchObject({ ok: false, error: { kind: 'conflict' } });
    expect(await load('programs', 'p2')).toMatchObject({ ok: true, value: { text: 'theirs', revision: 2 } });
  });
  it('asks for strict durability', async () => {
    const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction');
    await save('scenarios', { id: 's', revision: 0 });
    expect(transaction).toHaveBeenCalledWith('scenarios', 'readwrite', { durability: 'strict' });
  });
  it('deletes, and answers nothing for what is not there', async () => {
    await save('workloads', { id: 'w', revision: 0 });
    await remove('workloads', 'w');
    expect(await load('workloads', 'w')).toEqual({ ok: true, value: undefined });
    expect(await loadAll('workloads')).toEqual({ ok: true, value: [] });
  });
  it('says so when the browser is full', async () => {
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    const saved = await save('programs', { id: 'q', revision: 0 });
    expect(saved).toMatchObject({ ok: false, error: { kind: 'quota' } });
    vi.restoreAllMocks();
    expect(await load('programs', 'q')).toEqual({ ok: true, value: undefined });
  });
});
