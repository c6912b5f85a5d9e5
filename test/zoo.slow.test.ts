import { describeZoo } from "./zoo.ts";

describeZoo(true);
