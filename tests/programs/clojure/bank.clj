(ns bank (:require [clojure.string :as str] [clojure.set :as set]))

(def accounts (mapv #(ref (* 100 (inc %))) (range 5)))

(defn transfer [from to amount]
  (dosync
    (when (>= @(accounts from) amount)
      (alter (accounts from) - amount)
      (alter (accounts to) + amount))))

(let [workers (doall (for [n (range 4)]
                       (future (dotimes [i 250] (transfer (mod (+ n i) 5) (mod (* 3 (+ n i 1)) 5) (mod i 17))))))]
  (run! deref workers))
(println "total" (reduce + (map deref accounts)))

(defprotocol Area (area [this]))
(defrecord Rect [w h] Area (area [_] (* w h)))
(deftype Dot [] Area (area [_] 0))
(extend-type String Area (area [s] (count s)))
(println "areas" (map area [(->Rect 3 4) (Dot.) "peaberry"]))

(defmulti kind (fn [x] (cond (number? x) :num (coll? x) :coll :else :other)))
(defmethod kind :num [x] (str "num " x))
(defmethod kind :coll [x] (str "coll of " (count x)))
(defmethod kind :other [x] (str "other " (pr-str x)))
(println (str/join "; " (map kind [1 2/3 [1 2] {:a 1} "s" \c nil])))

(def tally (agent {}))
(doseq [word (str/split "the bean the cup the bean grinder" #" ")] (send tally update word (fnil inc 0)))
(await tally)
(println (into (sorted-map) @tally))

(defmacro unless [test & body] `(if ~test nil (do ~@body)))
(println (unless false :ran) (macroexpand-1 '(unless a b)))
(println (transduce (comp (filter odd?) (map #(* % %)) (take 10)) + (range)))
(println (set/union #{1 2} #{2 3}) (reduce *' (range 1N 30N)) (format "%.3f" (Math/sqrt 2)))
(try (/ 1 0) (catch ArithmeticException e (println "caught" (.getMessage e))))
(println (take 5 (iterate (fn [[a b]] [b (+ a b)]) [0 1])))
(println (let [{:keys [a b] :or {b 9}} {:a 1}] [a b]) (loop [n 10 acc 1] (if (zero? n) acc (recur (dec n) (* acc n)))))
(shutdown-agents)
