using System.Security.Cryptography;
using System.Text;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Simulation.Vendors;

namespace BatchWorker.Tests.Simulation;

/// <summary>Those who enqueue jobs. A call without an answer is repeated at any replica until there is one, if it has keys.</summary>
internal sealed class Callers(History history)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(45);
    private readonly Dictionary<int, JobId> _accepted = [];
    private readonly HashSet<int> _keyed = [];
    private int _questions;
    private int _open;

    private Scheduler Scheduler => history.Scheduler;

    /// <summary>Jobs that were acknowledged, by their question.</summary>
    public IReadOnlyDictionary<int, JobId> Accepted => _accepted;

    /// <summary>Whether every call that is repeated has its answer.</summary>
    public bool AreServed => _open == 0;

    /// <summary>Whether the job of a question had a key: then there is only one.</summary>
    public bool HasKey(int question) => _keyed.Contains(question);

    public void Begin()
    {
        var calls = Scheduler.Chance.Next(3, 9);
        for (var call = 0; call < calls; call++)
        {
            var jobs = Draw(hasKeys: Scheduler.Roll(0.8));
            if (jobs[0].Job.Idempotency is not null)
            {
                _open++;
            }
            Scheduler.In(Scheduler.Between(TimeSpan.Zero, history.Plan.Trouble * 0.6), () => Send(jobs));
        }
    }

    private void Send((int Question, NewJob Job)[] jobs)
    {
        var isKeyed = jobs[0].Job.Idempotency is not null;
        var isAnswered = false;
        history.AnyOpenReplica()?.Ask(TimeSpan.Zero, async replica =>
        {
            var result = await replica.Get<JobIntake>().EnqueueAsync([.. jobs.Select(job => job.Job)], allOrNothing: true);
            Violation.Unless(result.Refusal == EnqueueRefusal.None, "intake", $"a call was refused: {result.Refusal}");
            isAnswered = true;
            foreach (var (i, (question, _)) in jobs.Index())
            {
                Note(question, result.Jobs[i]);
            }
        });
        if (isKeyed)
        {
            Scheduler.In(s_patience, () =>
            {
                if (isAnswered)
                {
                    _open--;
                }
                else
                {
                    history.Coverage.Visit("a call was repeated");
                    Send(jobs);
                }
            });
        }
    }

    private void Note(int question, EnqueuedJob job)
    {
        var id = job.Id!.Value;
        Violation.Unless(_accepted.TryAdd(question, id) || _accepted[question] == id, "intake", $"question {question} has two ids");
        if (job.Duplicate)
        {
            history.Coverage.Visit("a repeated call found its jobs");
        }
    }

    private (int Question, NewJob Job)[] Draw(bool hasKeys)
    {
        var vendor = Scheduler.OneOf(history.Vendors).Name;
        var lane = LaneOf(vendor);
        return [.. Enumerable.Range(0, Scheduler.Chance.Next(1, 15)).Select(_ => Draw(lane, hasKeys))];
    }

    private (int Question, NewJob Job) Draw(Lane lane, bool hasKey)
    {
        var question = ++_questions;
        var request = Questions.Ask(question, history.Plan.Theme != Theme.Calm && Scheduler.Roll(0.03));
        var now = SimTime.Start + Scheduler.Now;
        if (hasKey)
        {
            _keyed.Add(question);
        }
        return (question, new NewJob
        {
            Lane = lane,
            Priority = Scheduler.Chance.Next(1, 11),
            Data = Encoding.UTF8.GetBytes(request),
            Metadata = Scheduler.Roll(0.3) ? Encoding.UTF8.GetBytes($"{{\"of\":{question}}}") : default,
            MaxAttempts = Scheduler.Chance.Next(1, 4),
            NotBefore = Scheduler.Roll(0.1) ? now + Scheduler.Between(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(60)) : null,
            Deadline = Scheduler.Roll(0.1) ? now + Scheduler.Between(TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(180)) : null,
            Idempotency = hasKey ? MarkOf(question, request) : null,
        });
    }

    private static IdempotencyMark MarkOf(int question, string request) =>
        new(SHA256.HashData(BitConverter.GetBytes(question))[..10], SHA256.HashData(Encoding.UTF8.GetBytes(request))[..8]);

    private static Lane LaneOf(Provider provider) => provider switch
    {
        Provider.OpenAi => new Lane(provider, "/v1/chat/completions", "gpt-4o", "scoring"),
        Provider.Anthropic => new Lane(provider, "/v1/messages", "claude-sonnet-4-5", "analysis"),
        _ => new Lane(provider, "generateContent", "gemini-2.5-flash", "labels"),
    };
}
