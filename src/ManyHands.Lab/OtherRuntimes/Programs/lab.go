// The lab's experiments in Go: lab EXPERIMENT KIND WORKERS PARTS LIMIT prints seconds and the sum.
package main

import (
	"crypto/sha256"
	"fmt"
	"math"
	"os"
	"strconv"
	"sync"
	"time"
)

var work = map[string]func(first, end int) float64{
	"countdown": func(first, end int) float64 {
		left := end - first
		for left > 0 {
			left--
		}
		return float64(left + 1)
	},
	"squares": func(first, end int) float64 {
		sum := 0.0
		for i := first; i < end; i++ {
			sum += float64(i * i)
		}
		return sum
	},
	"roots": func(first, end int) float64 {
		sum := 0.0
		for i := first; i < end; i++ {
			sum += math.Sqrt(float64(i))
		}
		return sum
	},
	"cosines": func(first, end int) float64 {
		sum := 0.0
		for i := first; i < end; i++ {
			sum += math.Cos(float64(i))
		}
		return sum
	},
	"sha256": func(first, end int) float64 {
		hash := sha256.New()
		block := make([]byte, 1<<20)
		for i := first; i < end; i++ {
			hash.Write(block)
		}
		return float64(hash.Sum(nil)[0])
	},
	"sleep": func(first, end int) float64 {
		time.Sleep(time.Duration(end-first) * time.Millisecond)
		return 1
	},
}

func main() {
	run := work[os.Args[1]]
	workers, _ := strconv.Atoi(os.Args[3])
	parts, _ := strconv.Atoi(os.Args[4])
	limit, _ := strconv.Atoi(os.Args[5])
	if os.Args[2] == "serial" {
		workers = 1
	}
	tasks := make(chan int, parts)
	for i := 0; i < parts; i++ {
		tasks <- i
	}
	close(tasks)
	results := make([]float64, parts)
	var all sync.WaitGroup
	began := time.Now()
	for i := 0; i < workers; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for part := range tasks {
				results[part] = run(limit*part/parts, limit*(part+1)/parts)
			}
		}()
	}
	all.Wait()
	took := time.Since(began).Seconds()
	sum := 0.0
	for _, result := range results {
		sum += result
	}
	fmt.Println(took, sum)
}
