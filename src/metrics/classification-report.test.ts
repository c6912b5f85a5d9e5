import { expect, test } from "vitest";
import { accuracy, classificationReport, formatReport, metricCollection, recall } from "./index.ts";

const truth = [0, 0, 1, 1, 1, 2, 2, 2, 2, 2];
const predicted = [0, 1, 1, 1, 0, 2, 2, 2, 0, 2];

test("the text of a report is scikit-learn's", () => {
  const metric = classificationReport({ classes: 3, names: ["cat", "dog", "hippopotamus"] });
  metric.update(predicted, truth);
  expect(formatReport(metric.value)).toBe(`\
              precision    recall  f1-score   support

         cat       0.33      0.50      0.40         2
         dog       0.67      0.67      0.67         3
hippopotamus       1.00      0.80      0.89         5

    accuracy                           0.70        10
   macro avg       0.67      0.66      0.65        10
weighted avg       0.77      0.70      0.72        10
`);
  expect(formatReport(metric.value, 3)).toContain(
    "\n    accuracy                          0.700        10\n",
  );
  expect(JSON.parse(JSON.stringify(metric.value)).classes[1].name).toBe("dog");
});

test("several labels have a micro average in place of accuracy", () => {
  const metric = classificationReport({ labels: 2 });
  metric.update([1, 0, 0, 1, 1, 1], [1, 0, 1, 1, 0, 1]);
  expect(formatReport(metric.value)).toBe(`\
              precision    recall  f1-score   support

           0       0.50      0.50      0.50         2
           1       1.00      1.00      1.00         2

   micro avg       0.75      0.75      0.75         4
   macro avg       0.75      0.75      0.75         4
weighted avg       0.75      0.75      0.75         4
`);
});

test("names are one for each class", () => {
  expect(() => classificationReport({ classes: 3, names: ["cat"] })).toThrow(
    "[classificationReport] 1 names for 3 classes",
  );
});

test("a collection feeds all its measures", () => {
  const all = metricCollection({
    hits: accuracy({ classes: 3 }),
    found: recall({ classes: 3, average: "none" }),
  });
  all.update(predicted, truth);
  expect(all.value).toEqual({ hits: 0.7, found: [0.5, 2 / 3, 0.8] });
  const { hits, found }: { hits: number; found: number[] } = all.value;
  expect([hits, found.length]).toEqual([0.7, 3]);
  all.reset();
  expect(all.value.hits).toBeNaN();
});
