using System.Globalization;
using BatchWorker.Queue;

namespace BatchWorker.Tests.Simulation.Store;

/// <summary>The enqueue script as the model runs it.</summary>
internal sealed class ModelEnqueue
{
    private const int FirstJob = 8;
    private const int PerJob = 12;
    private readonly ModelStore _store;
    private readonly string[] _keys;
    private readonly string[] _arguments;
    private readonly int _width;
    private readonly int _lane0;
    private readonly int _shard0;
    private readonly List<ScriptWrite> _writes = [];

    public ModelEnqueue(ModelStore store, string[] keys, string[] arguments)
    {
        _store = store;
        _keys = keys;
        _arguments = arguments;
        _width = Int(arguments[4]);
        _lane0 = 5 + (3 * _width);
        _shard0 = _lane0 + (3 * Int(arguments[5]));
    }

    public ScriptPlan Plan()
    {
        var (sequence, whole) = (Meta("seq"), Meta("whole"));
        var now = Math.Max(ModelStore.Number(_arguments[0]), Meta("clock"));
        var jobs = Int(_arguments[6]);
        var answers = Enumerable.Range(0, jobs).Select(Remembered).ToArray();
        var fresh = Enumerable.Range(0, jobs).Where(job => answers[job].Length == 0).ToArray();
        if (answers.Contains("!") && _arguments[2] == "all")
        {
            return Answer(["conflict", .. answers], []);
        }
        string[] accepted = ["ok", ModelStore.Text(sequence + 1), ModelStore.Text(now), .. answers];
        if (fresh.Length == 0)
        {
            return Answer(accepted, []);
        }
        if (Meta("waiting") + fresh.Length > ModelStore.Number(_arguments[1]))
        {
            return Answer(["full"], []);
        }
        var first = ModelStore.Number(_arguments[3]);
        if ((sequence + 1) / RedisKeys.BucketSize < first || (sequence + fresh.Length) / RedisKeys.BucketSize >= first + _width)
        {
            return Answer(["window", ModelStore.Text(sequence)], []);
        }
        Write(fresh, sequence, now, first, whole == sequence);
        return Answer(accepted, _writes);
    }

    private void Write(int[] fresh, long sequence, long now, long first, bool isWhole)
    {
        var last = ModelStore.Text(sequence + fresh.Length);
        Add("HSET", _keys[1], "seq", last, "clock", ModelStore.Text(now), "waiting", ModelStore.Text(Meta("waiting") + fresh.Length));
        var born = BigEndian(now, 6);
        foreach (var (i, job) in fresh.Index().Where(job => Of(job.Item, 7).Length > 0))
        {
            var shard = _keys[_shard0 + Int(Of(job, 9)) - 1];
            Add("HSET", shard, Of(job, 7), Of(job, 8) + BigEndian(sequence + 1 + i, 5) + born + Of(job, 2)[8..13]);
            Add("EXPIRE", shard, _arguments[7]);
        }
        foreach (var bucket in fresh.Index().GroupBy(job => (sequence + 1 + job.Index) / RedisKeys.BucketSize))
        {
            WriteBucket(bucket.Key, _keys.AsSpan(5 + (3 * (int)(bucket.Key - first)), 3).ToArray(), [.. bucket.Select(job => (job.Item, sequence + 1 + job.Index))], born);
        }
        WriteQueues([.. fresh.Select((job, i) => (job, sequence + 1 + i))]);
        if (isWhole)
        {
            Add("HSET", _keys[1], "whole", last);
        }
    }

    private void WriteBucket(long bucket, string[] keys, (int Job, long Number)[] jobs, string born)
    {
        Add("HSET", keys[1], [.. jobs.SelectMany(job => new[] { Slot(job.Number), Of(job.Job, 3) })]);
        string[] metadata = [.. jobs.Where(job => Of(job.Job, 12).Length > 0).SelectMany(job => new[] { Slot(job.Number), Of(job.Job, 12) })];
        if (metadata.Length > 0)
        {
            Add("HSET", keys[2], metadata);
        }
        Add("HSET", keys[0], [.. jobs.SelectMany(job => new[] { Slot(job.Number), born + Of(job.Job, 2) })]);
        var number = ModelStore.Text(bucket);
        Add("ZADD", _keys[2], number, number);
        foreach (var lane in jobs.Select(job => Int(Of(job.Job, 1))).Distinct())
        {
            Add("ZADD", _keys[_lane0 + (3 * lane) - 1], number, number);
        }
    }

    private void WriteQueues((int Job, long Number)[] jobs)
    {
        AddAll(_keys[4], jobs.Where(job => Of(job.Job, 6).Length > 0).Select(job => (Of(job.Job, 6), job.Number)));
        AddAll(_keys[3], jobs.Where(job => Of(job.Job, 5).Length > 0).Select(job => (Of(job.Job, 5), job.Number)));
        foreach (var offset in new[] { 2, 3 })
        {
            foreach (var lane in jobs.Where(job => Of(job.Job, 5).Length > 0 == (offset == 2)).GroupBy(job => Int(Of(job.Job, 1))))
            {
                AddAll(_keys[_lane0 + (3 * lane.Key) - offset], lane.Select(job => (ModelStore.Text(ModelStore.Number(Of(job.Job, 4)) + job.Number), job.Number)));
            }
        }
    }

    private void AddAll(string key, IEnumerable<(string Score, long Number)> members)
    {
        string[] flat = [.. members.SelectMany(member => new[] { member.Score, BigEndian(member.Number, 8) })];
        if (flat.Length > 0)
        {
            Add("ZADD", key, flat);
        }
    }

    private void Add(string command, string key, params string[] arguments) => _writes.Add(new ScriptWrite(command, key, arguments));

    /// <summary>Empty for a new job, an exclamation mark for the key of another one.</summary>
    private string Remembered(int job)
    {
        var known = Of(job, 7).Length == 0 ? null : new[] { 9, 10, 11 }.Select(place => Int(Of(job, place)))
            .Where(shard => shard > 0).Select(shard => _store.HashGet(_keys[_shard0 + shard - 1], Of(job, 7))).FirstOrDefault(found => found is not null);
        return known is null ? "" : known[..8] == Of(job, 8) ? known : "!";
    }

    /// <summary>An argument of a job, numbered from 1 as in the script.</summary>
    private string Of(int job, int place) => _arguments[FirstJob + (PerJob * job) + place - 1];

    private long Meta(string field) => ModelStore.Number(_store.HashGet(_keys[1], field));

    private static string Slot(long number) => ModelStore.Text(number % RedisKeys.BucketSize);

    private static ScriptPlan Answer(string[] answer, IReadOnlyList<ScriptWrite> writes) =>
        new(ScriptPlan.Parts(answer.Select(part => Bytes.Value(part))), writes);

    private static string BigEndian(long number, int bytes) =>
        string.Create(bytes, number, (text, rest) =>
        {
            for (var i = text.Length - 1; i >= 0; i--, rest >>= 8)
            {
                text[i] = (char)(rest & 255);
            }
        });

    private static int Int(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
