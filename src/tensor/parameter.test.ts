import { expect, test } from "vitest";
import { referenceDevice } from "../backends/reference/device.ts";
import { Parameter } from "./parameter.ts";

const initial = Float32Array.of(1, 2, 3);
const make = () => new Parameter("w", [3], () => initial);

test("what is read is the caller's, and what was written is copied", () => {
  const parameter = make();
  parameter.read()[0] = 9;
  expect(parameter.read()).toEqual(Float32Array.of(1, 2, 3));
  const values = Float32Array.of(4, 5, 6);
  parameter.write(values);
  values.fill(0);
  parameter.read().fill(0);
  expect(parameter.read()).toEqual(Float32Array.of(4, 5, 6));
});

test("an adopted array is kept as it is and emptied on the way to a device", () => {
  const parameter = make();
  const values = Float32Array.of(4, 5, 6);
  parameter.adopt(values);
  values[0] = 7;
  expect(parameter.read()).toEqual(Float32Array.of(7, 5, 6));
  parameter.on(referenceDevice());
  expect(values.length).toBe(0);
  expect([...parameter.read()]).toEqual([7, 5, 6]);
  parameter.release();
  expect(parameter.read()).toEqual(Float32Array.of(7, 5, 6));
});

test("a view into memory that others use, and initial values, outlive the move", () => {
  const whole = Float32Array.of(0, 4, 5, 6);
  const view = make();
  view.adopt(whole.subarray(1));
  view.on(referenceDevice());
  expect(whole).toEqual(Float32Array.of(0, 4, 5, 6));
  make().on(referenceDevice());
  expect(initial.length).toBe(3);
});

test("numbers of another type are rounded, and a wrong count is refused", () => {
  const count = new Parameter("n", [2], () => [0, 0], { dtype: "i32" });
  count.adopt(Float32Array.of(1.9, -2));
  expect(count.read()).toEqual(Int32Array.of(1, -2));
  expect(() => count.adopt(Int32Array.of(1))).toThrow("n is 2, 2 values, got 1");
  count.on(referenceDevice());
  count.adopt(Int32Array.of(5, 6));
  expect([...count.read()]).toEqual([5, 6]);
});
