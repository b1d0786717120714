function Bean(name, roast) { this.name = name; this.roast = roast; }
Bean.prototype.toString = function () { return this.name + '@' + this.roast; };
var beans = [];
for (var i = 0; i < 8; i++) beans.push(new Bean('bean' + i, (i * 37) % 11));
beans.sort(function (a, b) { return a.roast - b.roast; });
print(beans.join(' '));
print(beans.map(function (b) { return b.roast; }).reduce(function (a, b) { return a + b; }, 0));
var memo = {};
function fib(n) { return n < 2 ? n : memo[n] || (memo[n] = fib(n - 1) + fib(n - 2)); }
print(fib(70), 0.1 + 0.2, 1 / 3, 1e21, -0, (255).toString(16), parseInt('z', 36), 5e-324);
print('2024-05-06'.replace(/(\d+)-(\d+)-(\d+)/, '$3.$2.$1'), 'a,b;c'.split(/[,;]/).length);
print(JSON.stringify({ a: [1, { b: null }], c: 'x"y', d: undefined }, null, 1));
try { null.foo; } catch (e) { print(e instanceof TypeError, e.message); }
try { throw new Bean('thrown', 1); } catch (e) { print(e); } finally { print('finally'); }
var list = new java.util.ArrayList(); list.add('java'); list.add(3.5);
print(list, list.size(), java.lang.Math.max(3, 4));
var task = new java.lang.Runnable({ run: function () { print('in', typeof this); } });
var thread = new java.lang.Thread(task); thread.start(); thread.join();
function counter() { var n = 0; return function () { return ++n; }; }
var c = counter(); c(); c();
print(c(), typeof c, c instanceof Function, [1, 2, 3].indexOf(2), isNaN('x'));
outer: for (var x = 0; x < 5; x++) for (var y = 0; y < 5; y++) if (x * y == 6) { print(x, y); break outer; }
function* gen() { for (var k = 0; k < 4; k++) yield k * k; }
var all = []; for (var v of gen()) all.push(v); print(all, gen().next().value);
let p = 1, q = 2; const both = (a, b) => a + b; print(both(p, q), `tpl ${p}`);
print(eval('(function(a){return a*2})')(21), [1, 2, 3, 4].filter(i => i % 2), Symbol('s').toString());
