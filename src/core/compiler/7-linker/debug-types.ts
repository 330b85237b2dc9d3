/** Puts the layouts of the program's structs, unions and enums into the image, for debuggers: they read values by them. */
import type { Image, ImageEnum, ImageRecord } from '../../assembler/image';
import type { TypedUnit } from '../3-semantics/typed';
import { recordText, typeText, type RecordInfo } from '../3-semantics/types';

type Member = ImageRecord['members'][number];

/** Of two files' records of one name the first is kept: the types of variables say the name only. */
export function withTypes(image: Image, units: readonly TypedUnit[]): Image {
  const records = new Map<string, ImageRecord>();
  const enums = new Map<string, ImageEnum>();
  for (const unit of units) {
    for (const info of unit.records) {
      const name = recordText(info);
      const { isUnion, sizeBytes } = info;
      if (info.members && !records.has(name))
        records.set(name, { name, isUnion, sizeBytes, members: membersOf(info, 0) });
    }
    for (const info of unit.enums) {
      // Members of an enum without a tag count too: each under a name of its own.
      const name = info.tag === null ? `enum at ${info.start}` : `enum ${info.tag}`;
      const members = info.members?.map(({ name: member, value }) => ({ name: member, value }));
      if (members && !enums.has(name)) enums.set(name, { name, members });
    }
  }
  const debug = { ...image.debug, records: [...records.values()], enums: [...enums.values()] };
  return { ...image, debug };
}

function membersOf(info: RecordInfo, offset: number): Member[] {
  return (info.members ?? []).flatMap((member): Member[] => {
    const at = offset + member.offset;
    if (member.name !== null) return [{ name: member.name, type: typeText(member.type), offset: at }];
    return member.type.kind === 'record' ? membersOf(member.type.info, at) : [];
  });
}
