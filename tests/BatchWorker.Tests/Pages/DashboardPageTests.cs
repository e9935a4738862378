using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace BatchWorker.Tests.Pages;

/// <summary>The dashboard in a headless Chromium.</summary>
[CancelAfter(180_000)]
internal sealed class DashboardPageTests
{
    private static readonly string[] s_pages = ["Overview", "Queue", "Batches", "Jobs", "Dead letter", "Schedule", "Alerts", "Savings"];
    private static readonly string[] s_paths = ["queue", "batches", "jobs", "dead", "schedule", "alerts", "savings", "find?q=x"];
    private PageHost _host = null!;

    [OneTimeSetUp]
    public async Task Start() => _host = await PageHost.StartAsync();

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }

    [Test]
    public async Task Every_page_is_accessible_fits_a_phone_and_keeps_its_policy()
    {
        await using var visit = await _host.VisitAsync(width: 375);
        await visit.LogInAsync(PageHost.Operator);
        foreach (var page in s_pages)
        {
            await visit.GoAsync(page);
            await LookAsync(visit, page);
        }
        foreach (var list in new[] { "Batches", "Jobs" })
        {
            await visit.GoAsync(list);
            await visit.Page.ClickAsync("main tbody a >> nth=0");
            await Assertions.Expect(visit.Page.Locator("h1")).ToContainTextAsync("_01");
            await LookAsync(visit, list + ", one");
        }
        Assert.That(visit.Troubles, Is.Empty);
    }

    [Test]
    public async Task A_key_is_asked_for_and_stays_in_memory_alone()
    {
        await using var visit = await _host.VisitAsync();
        await visit.LogInAsync("not-a-key-0123456789abcdef");
        await Assertions.Expect(visit.Page.Locator("#said")).ToContainTextAsync("valid key");
        await visit.LogInAsync(PageHost.Reader, "/jobs?status=failed");
        await Assertions.Expect(visit.Page.Locator("h1")).ToHaveTextAsync("Jobs");
        var kept = await visit.Page.EvaluateAsync<string>("() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href, document.documentElement.outerHTML])");
        Assert.That(kept, Does.Not.Contain(PageHost.Reader));
        await visit.Page.ReloadAsync();
        await Assertions.Expect(visit.Page.Locator("#login")).ToBeVisibleAsync();
    }

    [Test]
    public async Task Without_a_key_a_browser_gets_401_and_nothing_of_the_daemon()
    {
        using var http = new HttpClient { BaseAddress = _host.Address };
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        foreach (var path in new[] { "/", "/batch/dashboard" }.Concat(s_paths.Select(path => "/batch/dashboard/" + path)))
        {
            using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), path);
            Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain("id=\"login\"").And.Not.Contain("job_01"), path);
        }
    }

    [Test]
    public async Task What_others_wrote_is_shown_as_text()
    {
        await using var visit = await _host.VisitAsync();
        await visit.LogInAsync(PageHost.Operator, "/jobs?status=failed");
        await visit.Page.ClickAsync("main tbody a >> nth=0");
        await Assertions.Expect(visit.Page.Locator("main p.bad")).ToContainTextAsync("<img src=x");
        await Assertions.Expect(visit.Page.Locator("main pre").First).ToContainTextAsync("<script>window.owned=2</script>");
        Assert.That(await visit.Page.EvaluateAsync<bool>("() => window.owned === undefined && !document.querySelector('main script, main img')"), Is.True);
        Assert.That(visit.Troubles, Is.Empty);
    }

    [Test]
    public async Task The_queue_is_sent_after_a_look_at_the_plan()
    {
        var job = await _host.QueueAsync("one more text");
        await using var visit = await _host.VisitAsync();
        await visit.LogInAsync(PageHost.Operator);
        await visit.Page.ClickAsync("text=Send the queue now…");
        await Assertions.Expect(visit.Page.Locator("#ask")).ToContainTextAsync("gpt-4o-mini");
        await visit.ConfirmAsync();
        Assert.That(await _host.StatusAsync(job), Is.EqualTo("succeeded"));
    }

    [Test]
    public async Task Failed_jobs_are_queued_again_by_their_reason_after_they_were_counted()
    {
        var job = await _host.QueueAsync("mk-fails again");
        using var run = await _host.Http.PostAsync(new Uri("/batch/process/all", UriKind.Relative), null);
        Assert.That(await _host.StatusAsync(job), Is.EqualTo("failed"));
        await using var visit = await _host.VisitAsync();
        await visit.LogInAsync(PageHost.Operator, "/dead");
        await visit.Page.ClickAsync("main tbody button >> nth=0");
        await Assertions.Expect(visit.Page.Locator("#ask")).ToContainTextAsync("jobs match");
        await visit.ConfirmAsync();
        await Assertions.Expect(visit.Page.Locator("#said")).ToContainTextAsync("jobs changed");
        using var again = await _host.Http.PostAsync(new Uri("/batch/process/all", UriKind.Relative), null);
        Assert.That(await _host.StatusAsync(job), Is.EqualTo("failed"));
    }

    [Test]
    public async Task A_key_that_may_only_read_is_told_so_when_it_acts()
    {
        await using var visit = await _host.VisitAsync();
        await visit.LogInAsync(PageHost.Reader, "/schedule");
        await visit.Page.ClickAsync("text=Stop…");
        await visit.ConfirmAsync();
        await Assertions.Expect(visit.Page.Locator("#said")).ToContainTextAsync("lacks the scope operate");
    }

    [Test]
    public async Task The_scheduler_is_stopped_and_started()
    {
        await using var visit = await _host.VisitAsync();
        await visit.LogInAsync(PageHost.Operator, "/schedule");
        await Assertions.Expect(visit.Page.Locator("main ol li")).ToHaveCountAsync(5);
        await visit.Page.ClickAsync("text=Stop…");
        await visit.ConfirmAsync();
        await Assertions.Expect(visit.Page.Locator(".tile b").First).ToHaveTextAsync("stopped");
        await visit.Page.ClickAsync("main button >> text=\"Start\"");
        await Assertions.Expect(visit.Page.Locator(".tile b").First).ToHaveTextAsync("running");
    }

    [Test]
    public async Task Filters_stand_in_the_address_and_keys_move_about()
    {
        await using var visit = await _host.VisitAsync();
        await visit.LogInAsync(PageHost.Operator, "/jobs");
        await visit.Page.SelectOptionAsync("select[name=status]", "succeeded");
        await visit.Page.ClickAsync("text=\"Filter\"");
        await Assertions.Expect(visit.Page).ToHaveURLAsync(new Regex(@"/jobs\?status=succeeded$"));
        await visit.Page.Keyboard.PressAsync("j");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Page.Locator("h1")).ToContainTextAsync("job_");
        await visit.Page.GoBackAsync();
        await Assertions.Expect(visit.Page.Locator("select[name=status]")).ToHaveValueAsync("succeeded");
        await visit.Page.Keyboard.PressAsync("p");
        await Assertions.Expect(visit.Page.Locator("#pause")).ToHaveTextAsync("Go on");
        await visit.Page.Keyboard.PressAsync("/");
        await Assertions.Expect(visit.Page.Locator("input[type=search]")).ToBeFocusedAsync();
    }

    private static async Task LookAsync(PageVisit visit, string name)
    {
        var axe = await visit.Page.RunAxe();
        Assert.That(axe.Violations.Select(found => $"{found.Id}: {string.Join(", ", found.Nodes.Select(node => node.Html))}"), Is.Empty, name);
        Assert.That(await visit.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), Is.True, $"{name} is wider than a phone");
    }
}
