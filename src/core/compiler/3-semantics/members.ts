/** Members of structs and unions by name, through anonymous ones (C11 6.7.2.1 paragraph 13). */
import type { Member, RecordInfo } from './types';

/** Finds a member by name, through anonymous structs and unions; `offset` counts from the outer record. */
export function findMember(info: RecordInfo, name: string): { member: Member; offset: number } | undefined {
  for (const member of info.members ?? []) {
    if (member.name === name) return { member, offset: member.offset };
    if (member.name !== null || member.type.kind !== 'record') continue;
    const inner = findMember(member.type.info, name);
    if (inner) return { member: inner.member, offset: member.offset + inner.offset };
  }
  return undefined;
}

/** Every name that `findMember` knows. */
export function memberNames(info: RecordInfo): string[] {
  return (info.members ?? []).flatMap(({ name, type }) => {
    if (name !== null) return [name];
    return type.kind === 'record' ? memberNames(type.info) : [];
  });
}
