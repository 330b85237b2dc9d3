/**
 * The disks of the machine between visits. Closing the page is pulling the plug: what the medium held at the last rest is what the
 * next visit finds. Within a visit a program starts, each time, from the disks as they were when the power last came on.
 */
import {
  diskFile,
  readDiskDocument,
  readDiskFile,
  DISK_NAMES,
  type DiskBlocks,
  type DiskDocument,
  type DiskName,
} from '$core/documents/disk-image';
import type { Result } from '$core/base/result';
import type { DiskContents } from '../../rpc/machine';
import { load, save } from '../../store/database';

export class DiskShelf {
  /** What the machine gets at power on. */
  contents: DiskContents = { ssd0: [], hdd0: [] };
  /** Said when the browser does not keep the disks. */
  problem = $state('');
  private revisions: Record<DiskName, number> = { ssd0: 0, hdd0: 0 };
  private saving: Promise<void> = Promise.resolve();

  /** Reads what an earlier visit left. */
  async open(): Promise<void> {
    for (const id of DISK_NAMES) {
      const stored = await load('disks', id);
      if (!stored.ok || stored.value === undefined) continue;
      const disk = readDiskDocument(stored.value);
      if (!disk.ok) {
        this.problem = `${id}: ${disk.error}`;
        continue;
      }
      this.revisions[id] = disk.value.revision;
      this.contents = { ...this.contents, [id]: disk.value.blocks };
    }
  }

  /** The machine has these disks from its next power on. */
  put(contents: DiskContents): void {
    this.contents = contents;
    this.keep(contents);
  }

  /** Only for the next visit. */
  keep(contents: DiskContents): void {
    this.saving = this.saving.then(() => this.write(contents));
  }

  private async write(contents: DiskContents): Promise<void> {
    for (const id of DISK_NAMES) {
      const document: DiskDocument = { id, revision: this.revisions[id], version: 1, blocks: contents[id] };
      const saved = await save('disks', document);
      if (saved.ok) this.revisions[id] = saved.value.revision;
      // Another tab has its own machine; the one that wrote last is kept.
      else if (saved.error.kind === 'conflict') await this.takeOver(id, contents[id]);
      else this.problem = `The disks are not kept: ${saved.error.message}`;
    }
  }

  private async takeOver(id: DiskName, blocks: DiskBlocks): Promise<void> {
    const stored = await load('disks', id);
    const known = stored.ok ? readDiskDocument(stored.value) : stored;
    if (!known.ok) return;
    const saved = await save<DiskDocument>('disks', { id, revision: known.value.revision, version: 1, blocks });
    if (saved.ok) this.revisions[id] = saved.value.revision;
  }
}

export const fileOfDisk = (blocks: DiskBlocks): Blob => new Blob([diskFile(blocks) as Uint8Array<ArrayBuffer>]);

export async function blocksOfFile(file: File): Promise<Result<DiskBlocks>> {
  return readDiskFile(new Uint8Array(await file.arrayBuffer()));
}
