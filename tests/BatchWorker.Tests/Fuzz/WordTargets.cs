using System.Text;
using BatchWorker.Control;
using BatchWorker.Lifecycle;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace BatchWorker.Tests.Fuzz;

/// <summary>Ids and queries in addresses.</summary>
internal static class WordTargets
{
    public static FuzzTarget[] All { get; } =
    [
        new("ids", CheckId, "job_", "batch_", "run_", "01KA", "../", "%2f"),
        new("queries", CheckQuery, "&cursor=", "&limit=", "&status=queued", "&provider=openai", "&active=true", "&batch_id=batch_", "am9iczo"),
    ];

    private static void CheckId(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        Assert.That(!JobId.TryParse(text, out var job) || job.ToString() == text);
        Assert.That(!BatchId.TryParse(text, out var batch) || batch.ToString() == text);
        Assert.That(!RunId.TryParse(text, out var run) || run.ToString() == text);
        Assert.That(Convert.ToInt32(JobId.TryParse(text, out _)) + Convert.ToInt32(BatchId.TryParse(text, out _)) + Convert.ToInt32(RunId.TryParse(text, out _)), Is.LessThan(2));
    }

    private static void CheckQuery(byte[] input)
    {
        var query = new QueryCollection(QueryHelpers.ParseQuery(Encoding.UTF8.GetString(input)));
        if (Listing.TryReadPaging(query, "jobs", long.MaxValue, out var from, out var limit, out var error))
        {
            Assert.That(limit, Is.InRange(1, 1000));
            Assert.That(Listing.TryReadPaging(new QueryCollection(QueryHelpers.ParseQuery("?cursor=" + Listing.CursorOf("jobs", from))), "jobs", 0, out var again, out _, out _) && again == from);
            Assert.That(from, Is.Not.Negative);
        }
        else
        {
            Assert.That(error.Pointer, Is.AnyOf("/limit", "/cursor"));
            Assert.That(error.Detail, Is.Not.Empty.And.Not.Contain(FuzzTarget.Canary));
        }
        var isWrong = !QueryFilters.TryReadJobs(query, out _, out var job) | !QueryFilters.TryReadBatches(query, out _, out var batch);
        Assert.That(isWrong, Is.EqualTo((job ?? batch) is not null));
        foreach (var wrong in new[] { job, batch }.Where(wrong => wrong is not null))
        {
            Assert.That(wrong!.Pointer, Does.StartWith("/"));
            Assert.That(wrong.Detail, Is.Not.Empty.And.Not.Contain(FuzzTarget.Canary));
        }
    }
}
