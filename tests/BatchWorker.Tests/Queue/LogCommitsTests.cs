using BatchWorker.Queue;

namespace BatchWorker.Tests.Queue;

internal sealed class LogCommitsTests
{
    private readonly List<TaskCompletionSource> _sent = [];

    [Test]
    public void A_commit_on_its_way_serves_nobody_who_wrote_after_it_began()
    {
        var commits = NewCommits();
        var first = commits.CommitAsync();
        var second = commits.CommitAsync();
        var third = commits.CommitAsync();
        Assert.That(_sent, Has.Count.EqualTo(1));

        _sent[0].SetResult();
        Assert.That(() => _sent, Has.Count.EqualTo(2).After(10).Seconds.PollEvery(5));
        Assert.That((first.IsCompletedSuccessfully, second.IsCompleted, third.IsCompleted), Is.EqualTo((true, false, false)));

        _sent[1].SetResult();
        Assert.That(async () => await Task.WhenAll(second, third), Throws.Nothing);
        Assert.That(_sent, Has.Count.EqualTo(2), "one commit served both");
    }

    [Test]
    public void A_commit_that_failed_fails_those_who_wait_for_it_and_no_others()
    {
        var commits = NewCommits();
        var first = commits.CommitAsync();
        var second = commits.CommitAsync();
        _sent[0].SetException(new TimeoutException());
        Assert.That(async () => await first, Throws.TypeOf<TimeoutException>());

        Assert.That(() => _sent, Has.Count.EqualTo(2).After(10).Seconds.PollEvery(5));
        _sent[1].SetResult();
        Assert.That(async () => await second, Throws.Nothing);
    }

    [Test]
    public void When_nothing_is_on_its_way_a_commit_begins_at_once()
    {
        var commits = NewCommits();
        for (var i = 0; i < 3; i++)
        {
            var commit = commits.CommitAsync();
            Assert.That(_sent, Has.Count.EqualTo(i + 1));
            _sent[i].SetResult();
            Assert.That(commit.IsCompletedSuccessfully, Is.True);
        }
    }

    [SetUp]
    public void Forget() => _sent.Clear();

    private LogCommits NewCommits() => new(() =>
    {
        var sent = new TaskCompletionSource();
        _sent.Add(sent);
        return sent.Task;
    });
}
