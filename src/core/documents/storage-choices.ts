/** Words that a person can choose in the storage lab. */
import type { SchedulerName } from '../presets/hdd';

export const SCHEDULER_CHOICES: readonly SchedulerName[] = ['fcfs', 'sstf', 'scan', 'c-look', 'sptf'];
