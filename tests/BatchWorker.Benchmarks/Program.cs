using BatchWorker.Benchmarks;

var options = HarnessOptions.Parse(args);
if (options is null)
{
    Console.WriteLine(HarnessOptions.Usage);
    return 2;
}
var failures = await new Run(options).RunAsync();
return failures == 0 ? 0 : 1;
