/** What a person asks of the machine beyond running: stop points, watches, the machine's own shape. Kept with the program. */
import type { Image } from '../../core/assembler/image';
import { buildMachine, type MachineChanges } from '../../core/documents/machine';
import type { ProgramDocument } from '../../core/documents/program';
import { TEACHING_MACHINE, type MachineConfig } from '../../core/presets/machine';
import type { DataEvent, StopPoint } from '../../rpc/machine';
import { announcer } from './announcer.svelte';
import type { MachineClient } from './machine.svelte';
import type { Workspace } from './workspace.svelte';

export class Debugging {
  constructor(
    private readonly workspace: Workspace,
    readonly machine: MachineClient,
  ) {}

  readonly points = $derived.by<readonly StopPoint[]>(() => this.workspace.program.breakpoints);
  readonly watches = $derived.by<readonly string[]>(() => this.workspace.program.watches);
  readonly clock = $derived.by(() => this.workspace.program.clock);

  /** The machine that the program asks for; the teaching machine when its description has become impossible. */
  get config(): MachineConfig {
    const { machine, machineChanges, options } = this.workspace.program;
    const built = buildMachine(machine, machineChanges);
    const config = built.ok ? built.value : TEACHING_MACHINE;
    return { ...config, multiplier: config.multiplier && options.multiplier };
  }

  toggleLine(file: string, line: number): void {
    const rest = this.points.filter((point) => point.kind !== 'line' || point.file !== file || point.line !== line);
    const isNew = rest.length === this.points.length;
    this.setPoints(isNew ? [...rest, { kind: 'line', file, line, condition: '', enabled: true }] : rest);
    announcer.say(`Breakpoint ${isNew ? 'set' : 'removed'} at line ${line}`);
  }

  toggleAddress(place: string): void {
    const rest = this.points.filter((point) => point.kind !== 'address' || point.place !== place);
    const isNew = rest.length === this.points.length;
    this.setPoints(isNew ? [...rest, { kind: 'address', place, condition: '', enabled: true }] : rest);
    announcer.say(`Breakpoint ${isNew ? 'set' : 'removed'} at ${place}`);
  }

  addData(place: string, when: DataEvent): void {
    this.setPoints([...this.points, { kind: 'data', place, when, condition: '', enabled: true }]);
    announcer.say(`Stops when ${place} is ${when === 'change' ? 'changed' : when === 'write' ? 'written' : 'read'}`);
  }

  changePoint(index: number, part: { readonly condition?: string; readonly enabled?: boolean }): void {
    this.setPoints(this.points.map((point, at) => (at === index ? { ...point, ...part } : point)));
  }

  removePoint(index: number): void {
    this.setPoints(this.points.filter((_, at) => at !== index));
  }

  setWatches(watches: readonly string[]): void {
    this.workspace.change({ watches: [...watches] });
    this.machine.setWatches([...watches]);
  }

  addWatch(expression: string): void {
    const wanted = expression.trim();
    if (wanted !== '' && !this.watches.includes(wanted)) this.setWatches([...this.watches, wanted]);
  }

  setClock(clock: ProgramDocument['clock']): void {
    this.workspace.change({ clock });
    this.machine.setClock(clock);
  }

  setMachine(machine: string, machineChanges: MachineChanges): void {
    this.workspace.change({ machine, machineChanges });
  }

  /** A name for a byte that is found again after a rebuild: `count`, `((char *)&items)[4]`, or its address. */
  placeOf(image: Image | undefined, address: number): string {
    const symbol = image?.symbols.find(
      (entry) => entry.kind === 'object' && address >= entry.address && address < entry.address + entry.sizeBytes,
    );
    const isNamed = symbol && /^[A-Za-z_]\w*$/.test(symbol.name);
    if (!isNamed) return `*(unsigned char *)0x${address.toString(16).padStart(4, '0')}`;
    return symbol.sizeBytes <= 4 && symbol.address === address
      ? symbol.name
      : `((unsigned char *)&${symbol.name})[${address - symbol.address}]`;
  }

  private setPoints(points: readonly StopPoint[]): void {
    const plain = points.map((point) => ({ ...point }));
    this.workspace.change({ breakpoints: plain });
    this.machine.setPoints(plain);
  }
}
