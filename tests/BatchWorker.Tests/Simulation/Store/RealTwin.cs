using System.Globalization;
using BatchWorker.Tests.Fixtures;
using StackExchange.Redis;

namespace BatchWorker.Tests.Simulation.Store;

/// <summary>
/// A real store that gets every call that the model gets, in the same order and with the real scripts. Each answer must be the model's,
/// and at the end every key.
/// </summary>
internal sealed class RealTwin(IDatabase database, string ns)
{
    /// <summary>Answers on their way; the model has given its own already, so nobody waits for them.</summary>
    private const int Most = 2000;
    private readonly Queue<(StoreCall Call, string Expected, Task Answer)> _open = [];

    /// <summary>Answers that were compared.</summary>
    public long Compared { get; private set; }

    public void Compare(StoreCall call, object? expected)
    {
        if (call.Name is not ("PingAsync" or "ExecuteAsync"))
        {
            Send(call, Show(expected, call));
        }
    }

    public void CutOff(StoreCall call, int writes)
    {
        var source = (string)call.Arguments[0]!;
        var head = source.StartsWith("#!lua\n", StringComparison.Ordinal) ? "#!lua\n" : "";
        Send(call with { Arguments = [head + CutOffScript.Head(writes) + source[head.Length..], .. call.Arguments.Skip(1)] }, CutOffScript.Word);
    }

    /// <summary>Every key of the history, on both sides.</summary>
    public void CompareAll(ModelStore model)
    {
        Catch(0);
        CompareKeys(model);
        foreach (var (key, hash) in model.Hashes)
        {
            var real = database.HashGetAll(Bytes.Raw(key)).Select(field => (Bytes.Of(field.Name), Bytes.Of(field.Value)));
            Assert.That(real, Is.EquivalentTo(hash.Select(field => (field.Key, field.Value))), key);
        }
        foreach (var (key, set) in model.Sets)
        {
            var real = database.SortedSetRangeByRankWithScores(Bytes.Raw(key)).Select(entry => (entry.Score, Bytes.Of(entry.Element)));
            Assert.That(real, Is.EqualTo(set.Order), key);
        }
        foreach (var (key, value) in model.Strings)
        {
            Assert.That(Bytes.Of(database.StringGet(Bytes.Raw(key))), Is.EqualTo(value), key);
        }
    }

    /// <summary>There are no others. The embedded store is not asked: a SCAN leaves it believing that its memory is full (see <c>GarnetArguments</c>).</summary>
    private void CompareKeys(ModelStore model)
    {
        if (EachStore.Current == StoreKind.Embedded)
        {
            return;
        }
        var keys = database.Multiplexer.GetServers().SelectMany(server => server.Keys(pattern: "{" + ns + "}:*", pageSize: 1000)).Select(Bytes.Of);
        var known = model.Hashes.Where(hash => hash.Value.Count > 0).Select(hash => hash.Key)
            .Concat(model.Sets.Where(set => set.Value.Count > 0).Select(set => set.Key)).Concat(model.Strings.Keys);
        Assert.That(keys, Is.EquivalentTo(known));
    }

    private void Send(StoreCall call, string expected)
    {
        var outside = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            _open.Enqueue((call, expected, (Task)call.Method.Invoke(database, call.Arguments)!));
            Catch(Most);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outside);
        }
    }

    /// <summary>Waits until no more than so many answers are open.</summary>
    private void Catch(int left)
    {
        while (_open.Count > left && _open.TryDequeue(out var open))
        {
            var answer = Answer(open.Call, open.Answer);
            Compared++;
            Violation.Unless(answer == open.Expected, "model", $"{open.Call}: the store says {answer}, the model {open.Expected}");
        }
    }

    private static string Answer(StoreCall call, Task task)
    {
        try
        {
            task.GetAwaiter().GetResult();
            return Show((object?)((dynamic)task).Result, call);
        }
        catch (RedisServerException cut) when (cut.Message.Contains(CutOffScript.Word, StringComparison.Ordinal))
        {
            return CutOffScript.Word;
        }
    }

    /// <summary>The fields of a hash have no order.</summary>
    private static string Show(object? answer, StoreCall call) =>
        answer is RedisValue[] fields && call.Name == "HashKeysAsync" ? Show(fields.OrderBy(field => Bytes.Of(field), StringComparer.Ordinal).ToArray()) : Show(answer);

    private static string Show(object? answer) => answer switch
    {
        null => "nothing",
        RedisValue value => value.IsNull ? "nothing" : "'" + Bytes.Of(value) + "'",
        RedisValue[] values => string.Join(",", values.Select(value => Show(value))),
        HashEntry[] fields => string.Join(",", fields.Select(field => Show(field.Name) + Show(field.Value)).Order(StringComparer.Ordinal)),
        SortedSetEntry[] entries => string.Join(",", entries.Select(entry => Show(entry.Element) + Show(entry.Score))),
        double?[] scores => string.Join(",", scores.Select(score => Show(score))),
        RedisResult result => result.Length < 0 ? Show((RedisValue)result) : string.Join(",", ((RedisResult[])result!).Select(Show)),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => answer.ToString()!,
    };
}
