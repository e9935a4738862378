using BatchWorker.Lifecycle;

namespace BatchWorker.Tests.Lifecycle;

internal sealed class UlidTests
{
    [Test]
    public void An_id_is_read_back_as_it_was_written()
    {
        var id = new JobId(new Ulid(1_795_000_000_123, 987_654_321, Ulid.Max40));
        Assert.That(JobId.TryParse(id.ToString(), out var read), Is.True);
        Assert.That(read, Is.EqualTo(id));
    }

    [TestCase("")]
    [TestCase("job_")]
    [TestCase("batch_01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    [TestCase("job_01ARZ3NDEKTSV4RRFFQ69G5FA")]
    [TestCase("job_81ARZ3NDEKTSV4RRFFQ69G5FAV")]
    [TestCase("job_01arz3ndektsv4rrffq69g5fav")]
    public void What_no_ledger_gave_out_is_no_id(string text) => Assert.That(JobId.TryParse(text, out _), Is.False);
}
