import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatHumanTime,
  formatInteger,
  formatPercent,
  formatSi,
  formatSignificant,
  formatTime,
  hex,
  plural,
} from './format';

const plain = (text: string) => text.replace(/[\u202f\u00a0]/g, ' ');

describe('numbers for people', () => {
  it('groups digits', () => {
    expect(plain(formatInteger(1482917))).toBe('1 482 917');
    expect(plain(formatInteger(-1000))).toBe('−1 000');
    expect(formatInteger(999)).toBe('999');
  });
  it('keeps three significant digits', () => {
    expect(formatSignificant(4.1666)).toBe('4.17');
    expect(formatSignificant(41.666)).toBe('41.7');
    expect(plain(formatSignificant(1417.4))).toBe('1 417');
    expect(formatSignificant(0.04166)).toBe('0.0417');
    expect(formatSignificant(-2)).toBe('−2.00');
  });
  it('takes the SI prefix and never shows 1000 of one', () => {
    expect(plain(formatSi(1.4e9, 'instr/s'))).toBe('1.40 Ginstr/s');
    expect(plain(formatSi(999_960))).toBe('1.00 M');
    expect(plain(formatSi(640))).toBe('640');
  });
  it('gives times in the unit a person would take', () => {
    expect(plain(formatTime(4_170_000))).toBe('4.17 ms');
    expect(plain(formatTime(1))).toBe('1 ns');
    expect(plain(formatTime(16.9))).toBe('16.9 ns');
    expect(plain(formatTime(999_999))).toBe('1 ms');
    expect(plain(formatTime(2.5e9))).toBe('2.5 s');
    expect(plain(formatTime(0.25))).toBe('250 ps');
    expect(plain(formatTime(100))).toBe('100 ns');
  });
  it('stretches a cycle to a second', () => {
    expect(plain(formatHumanTime(1))).toBe('1 s');
    expect(plain(formatHumanTime(90))).toBe('1.5 min');
    expect(plain(formatHumanTime(88_000))).toBe('1.0 days');
    expect(plain(formatHumanTime(12.7e6))).toBe('4.8 months');
    expect(plain(formatHumanTime(150e6))).toBe('4.8 years');
    expect(plain(formatHumanTime(20, 10))).toBe('2 s');
  });
  it('counts bytes exactly while they are few', () => {
    expect(plain(formatBytes(1964))).toBe('1 964 B');
    expect(plain(formatBytes(65536))).toBe('64 KiB');
    expect(plain(formatBytes(1048576))).toBe('1 MiB');
  });
  it('formats shares, hex and plurals', () => {
    expect(plain(formatPercent(0.9123))).toBe('91.2 %');
    expect(formatPercent(NaN)).toBe('–');
    expect(hex(0xab, 4)).toBe('00ab');
    expect(plural(1, 'token')).toBe('1 token');
    expect(plural(2, 'entry', 'entries')).toBe('2 entries');
  });
});
