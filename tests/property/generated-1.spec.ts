import { generatedPrograms } from './programs/suite';

generatedPrograms(1, 4);
