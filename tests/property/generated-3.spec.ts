import { generatedPrograms } from './programs/suite';

generatedPrograms(3, 4);
