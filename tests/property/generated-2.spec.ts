import { generatedPrograms } from './programs/suite';

generatedPrograms(2, 4);
