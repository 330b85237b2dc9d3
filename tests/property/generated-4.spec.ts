import { generatedPrograms } from './programs/suite';

generatedPrograms(4, 4);
