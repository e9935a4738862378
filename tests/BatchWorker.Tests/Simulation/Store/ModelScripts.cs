using System.Globalization;
using StackExchange.Redis;

namespace BatchWorker.Tests.Simulation.Store;

/// <summary>The scripts of the ledger as the model runs them; what they do is compared with the real ones wherever a history also runs on a real store.</summary>
internal sealed class ModelScripts(ModelStore store)
{
    public ScriptPlan Plan(string source, RedisKey[] keys, RedisValue[] arguments)
    {
        var (names, values) = (Array.ConvertAll(keys, Bytes.Of), Array.ConvertAll(arguments, Bytes.Of));
        return NameOf(source) switch
        {
            "transact" => Transact(names, values),
            "enqueue" => new ModelEnqueue(store, names, values).Plan(),
            "lease" => Lease(names, values),
            _ => Adopt(names, values),
        };
    }

    /// <summary>By the first line of its comment.</summary>
    public static string NameOf(string source) =>
        source.Contains("-- Compare, then write", StringComparison.Ordinal) ? "transact"
        : source.Contains("-- Accepts jobs", StringComparison.Ordinal) ? "enqueue"
        : source.Contains("-- Takes or renews the lease", StringComparison.Ordinal) ? "lease"
        : source.Contains("-- Makes a replica the owner", StringComparison.Ordinal) ? "adopt"
        : throw new NotSupportedException("The model does not know this script: " + source[..80]);

    private ScriptPlan Transact(string[] keys, string[] arguments)
    {
        var at = 0;
        var differ = new List<RedisValue>();
        var number = 0;
        for (var checks = Int(arguments[at++]); checks > 0; checks--)
        {
            var (key, n) = (keys[Int(arguments[at++]) - 1], Int(arguments[at++]));
            for (var i = 0; i < n; i++)
            {
                number++;
                if ((store.HashGet(key, arguments[at + i]) ?? "") != arguments[at + n + i])
                {
                    differ.Add(number);
                }
            }
            at += 2 * n;
        }
        var writes = new List<ScriptWrite>();
        for (var count = differ.Count > 0 ? 0 : Int(arguments[at++]); count > 0; count--)
        {
            var (command, key, n) = (arguments[at++], keys[Int(arguments[at++]) - 1], Int(arguments[at++]));
            writes.Add(new ScriptWrite(command, key, arguments[at..(at + n)]));
            at += n;
        }
        return new ScriptPlan(ScriptPlan.Parts(differ), writes);
    }

    private ScriptPlan Lease(string[] keys, string[] arguments)
    {
        var held = store.HashGet(keys[1], arguments[1]);
        if (held is not null && arguments[4] == "renew" && !held.StartsWith(arguments[2], StringComparison.Ordinal))
        {
            return ScriptPlan.Nothing("");
        }
        var expiry = ModelStore.Text(ModelStore.Number(arguments[0]) + ModelStore.Number(arguments[3]));
        return new ScriptPlan(RedisResult.Create((RedisValue)arguments[0]), [new ScriptWrite("HSET", keys[1], [arguments[1], arguments[2] + ":" + expiry])]);
    }

    private ScriptPlan Adopt(string[] keys, string[] arguments)
    {
        var owner = store.HashGet(keys[1], "owner");
        if (owner is null)
        {
            return ScriptPlan.Nothing("");
        }
        var lease = owner == arguments[1] ? null : store.HashGet(keys[2], owner);
        if (lease is not null && ModelStore.Number(lease.Split(':')[1]) > ModelStore.Number(arguments[0]))
        {
            return ScriptPlan.Nothing("");
        }
        var epoch = ModelStore.Text(ModelStore.Number(store.HashGet(keys[1], "epoch")) + 1);
        return new ScriptPlan(RedisResult.Create((RedisValue)epoch), [new ScriptWrite("HSET", keys[1], ["owner", arguments[1], "epoch", epoch])]);
    }

    private static int Int(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
