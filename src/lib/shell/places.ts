/** The places of the product, in the order of the rail. A place stands here only when its page is real. */
import type { Component } from 'svelte';
import Binary from '@lucide/svelte/icons/binary';
import BookOpen from '@lucide/svelte/icons/book-open';
import Cpu from '@lucide/svelte/icons/cpu';
import GraduationCap from '@lucide/svelte/icons/graduation-cap';
import HardDrive from '@lucide/svelte/icons/hard-drive';
import Share2 from '@lucide/svelte/icons/share-2';

export interface Place {
  readonly path: string;
  readonly label: string;
  readonly icon: Component<{ size?: number; strokeWidth?: number; 'aria-hidden'?: boolean | 'true' | 'false' }>;
}

export const PLACES: readonly Place[] = [
  { path: '/', label: 'Bench', icon: Cpu },
  { path: '/storage', label: 'Storage', icon: HardDrive },
  { path: '/network', label: 'Network', icon: Share2 },
  { path: '/bits', label: 'Bits', icon: Binary },
  { path: '/learn', label: 'Learn', icon: GraduationCap },
  { path: '/docs', label: 'Docs', icon: BookOpen },
];
