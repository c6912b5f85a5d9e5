import { describeZoo } from "./zoo.ts";

describeZoo(false);
