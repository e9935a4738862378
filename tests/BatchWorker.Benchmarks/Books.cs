using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace BatchWorker.Benchmarks;

/// <summary>Compares the books of the daemon with those of the simulator, job by job.</summary>
internal sealed class Books(Client daemon, Client simulator, Posted posted, TextWriter output)
{
    private const string Succeeded = "succeeded";
    private const string Failed = "failed";

    /// <summary>Checks that failed.</summary>
    public int Failures { get; private set; }

    public async Task CheckAsync(int accepted)
    {
        Expect("different job ids", posted.Count, accepted);
        Expect("short forms that lost a text", posted.WronglyRendered, 0);
        var statuses = await StatusesAsync();
        Expect("jobs in the list", statuses.Count, accepted);
        Expect("ids in the list that nobody was told", statuses.Keys.Except(posted.Ids).Count(), 0);
        foreach (var provider in posted.Ids.GroupBy(posted.ProviderOf))
        {
            output.WriteLine($"  {provider.Key}: {provider.Count(id => statuses.GetValueOrDefault(id) == Succeeded)} succeeded, {provider.Count(id => statuses.GetValueOrDefault(id) == Failed)} failed");
        }
        await CheckMoneyAsync(statuses);
        await CheckAnswersAsync(statuses);
    }

    private async Task<Dictionary<string, string>> StatusesAsync()
    {
        var statuses = new Dictionary<string, string>();
        await foreach (var job in daemon.ReadAsync("/batch/jobs"))
        {
            statuses.Add(job.GetProperty("job_id").GetString()!, job.GetProperty("status").GetString()!); // throws for an id that comes twice
        }
        return statuses;
    }

    /// <summary>A job succeeded exactly when the provider was paid for it, once; it failed exactly when the provider ran it and billed nothing.</summary>
    private async Task CheckMoneyAsync(Dictionary<string, string> statuses)
    {
        var paid = posted.Ids.ToDictionary(id => id, _ => 0);
        var ran = new HashSet<string>();
        var strangers = 0;
        await foreach (var item in simulator.ReadAsync("/_sim/ledger/items"))
        {
            var id = item.GetProperty("custom_id").GetString()!;
            ran.Add(id);
            strangers += paid.ContainsKey(id) ? 0 : 1;
            paid[id] = paid.GetValueOrDefault(id) + (item.GetProperty("paid").GetBoolean() ? 1 : 0);
        }
        Expect("requests that are no job of ours", strangers, 0);
        Expect("never sent", paid.Keys.Count(id => !ran.Contains(id)), 0);
        Expect("succeeded", statuses.Count(job => job.Value == Succeeded), paid.Count(item => item.Value > 0));
        Expect("failed", statuses.Count(job => job.Value == Failed), paid.Count(item => item.Value == 0));
        Expect("succeeded and paid once", statuses.Count(job => job.Value == Succeeded && paid.GetValueOrDefault(job.Key) == 1), statuses.Count(job => job.Value == Succeeded));
        var summary = await simulator.SendAsync(HttpMethod.Get, "/_sim/ledger/summary");
        Expect("paid", summary.GetProperty("paid_items").GetInt64(), paid.Count(item => item.Value > 0));
        Expect("paid more than once", summary.GetProperty("paid_more_than_once").GetProperty("count").GetInt64(), 0);
        Expect("in two running batches", summary.GetProperty("overlap").GetProperty("count").GetInt64(), 0);
    }

    /// <summary>Every job has one final result in one batch, and it answers this job's own request.</summary>
    private async Task CheckAnswersAsync(Dictionary<string, string> statuses)
    {
        var (final, right) = (new Dictionary<string, int>(), 0);
        foreach (var batch in await daemon.ListAsync("/batch/batches"))
        {
            await foreach (var result in daemon.ReadAsync("/batch/results/" + batch.GetProperty("batch_id").GetString()))
            {
                if (!result.GetProperty("requeued").GetBoolean())
                {
                    var id = result.GetProperty("job_id").GetString()!;
                    final[id] = final.GetValueOrDefault(id) + 1;
                    right += IsRight(result, statuses[id], posted.EchoOf(id)) ? 1 : 0;
                }
            }
        }
        Expect("jobs with one final result", final.Count(job => job.Value == 1), posted.Count);
        Expect("answers to their own request", right, posted.Count);
    }

    private static bool IsRight(JsonElement result, string status, string echo) =>
        result.GetProperty("status").GetString() == status
        && (status == Succeeded
            ? IsAnswer(result.GetProperty("response"), echo)
            : status == Failed && result.GetProperty("error").GetProperty("code").GetString() is { Length: > 0 });

    /// <summary>A text repeats the hash of its request; an embedding is made of bytes of SHA-256(hash/index/block).</summary>
    private static bool IsAnswer(JsonElement response, string echo)
    {
        if (!response.TryGetProperty("data", out var data))
        {
            return response.GetRawText().Contains(echo, StringComparison.Ordinal);
        }
        var block = SHA256.HashData(Encoding.UTF8.GetBytes(echo + "/0/0"));
        return data[0].GetProperty("embedding").EnumerateArray().Select((number, i) => Math.Abs(number.GetDouble() - ((block[i] - 127.5) / 128)) < 1e-6).All(same => same);
    }

    private void Expect(string what, long found, long expected)
    {
        output.WriteLine($"{what}: {found}{(found == expected ? "" : $", expected {expected}  <-- WRONG")}");
        Failures += found == expected ? 0 : 1;
    }
}
